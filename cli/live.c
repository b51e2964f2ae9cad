#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/live.h"
#include "cli/status.h"
#include "cli/text.h"

/* What is sent to the terminal in one write, so that nothing flickers: each
 * line with a control sequence and its end. */
struct frame {
	char	text[(LIVE_LINES + 3) * (LIVE_WIDTH + 16)];
	size_t	size;
};

static void
frame_add(struct frame *frame, const char *text)
{
	size_t size = strlen(text);

	if (size > sizeof(frame->text) - frame->size)
		return;
	memcpy(frame->text + frame->size, text, size);
	frame->size += size;
}

static void
frame_write(const struct frame *frame)
{
	size_t at = 0;

	while (at < frame->size) {
		ssize_t n = write(STDOUT_FILENO, frame->text + at,
		    frame->size - at);
		if (n == -1 && errno != EINTR)
			return;		/* the terminal is gone */
		at += n == -1 ? 0 : (size_t)n;
	}
}

bool
live_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && term != NULL && term[0] != '\0' &&
	    strcmp(term, "dumb") != 0;
}

static void
live_measure(struct live *live)
{
	struct winsize size = { 0 };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	live->columns = size.ws_col == 0 ? 80 : size.ws_col;
	live->lines = size.ws_row == 0 ? 24 : size.ws_row;
}

void
live_init(struct live *live)
{
	*live = (struct live){ .dirty = true };
	live_measure(live);
}

/* Rows of the screen that the region takes: after a resize the terminal may
 * have broken its lines anew. */
static size_t
region_height(const struct live *live)
{
	size_t height = 0;

	for (size_t i = 0; i < live->nwidths; i++)
		height += live->widths[i] == 0 ? 1 :
		    (live->widths[i] - 1) / live->columns + 1;
	return height;
}

/* The cursor stands at the beginning of the line below the region. */
static void
region_erase(struct live *live, struct frame *frame)
{
	size_t height = region_height(live);
	char up[32];

	if (height > 0) {
		snprintf(up, sizeof(up), "\r\033[%zuA\033[J", height);
		frame_add(frame, up);
	}
	live->nwidths = 0;
}

void
live_erase(struct live *live)
{
	struct frame frame = { .size = 0 };

	region_erase(live, &frame);
	fflush(stdout);
	frame_write(&frame);
	live->dirty = true;
}

static void
region_add(struct live *live, struct frame *frame, const char *text)
{
	live->widths[live->nwidths++] = strlen(text);
	frame_add(frame, text);
	frame_add(frame, "\n");
}

/* "1.2 MB of 3.4 MB", or as much of it as is known. */
static void
amount_text(char *text, size_t size, uint64_t now, uint64_t total)
{
	char a[TEXT_SHORT], b[TEXT_SHORT];

	text_size(a, now);
	text_size(b, total);
	if (total > 0)
		snprintf(text, size, "%s of %s", a, b);
	else
		snprintf(text, size, "%s", now > 0 ? a : "");
}

/* The end of a path says more than its beginning. */
static void
shorten(char *text, size_t size, const char *path, size_t columns)
{
	size_t length = strlen(path);

	if (length <= columns)
		snprintf(text, size, "%s", path);
	else if (columns <= 3)
		snprintf(text, size, "%.*s", (int)columns, path);
	else
		snprintf(text, size, "...%s", path + length - (columns - 3));
}

/* Columns of what stands right of the path: state and share, and with enough
 * room the amount.  They line up, whatever the path's length. */
#define STATE_COLUMNS	18
#define AMOUNT_COLUMNS	22
#define PATH_COLUMNS	24	/* room that a path wants at least, */
#define PATH_COLUMNS_MOST 72	/* and gets at most */

void
live_row_text(char text[LIVE_WIDTH], unsigned int width, const struct row *row)
{
	char amount[80] = "", path[CLI_PATH], percent[8] = "";
	size_t right = STATE_COLUMNS;

	width = width < LIVE_WIDTH ? width : LIVE_WIDTH - 1;
	if (row->total > 0 && row->now <= row->total)
		snprintf(percent, sizeof(percent), "%u%%", (unsigned int)
		    ((double)row->now * 100 / (double)row->total));
	if (width >= PATH_COLUMNS + STATE_COLUMNS + AMOUNT_COLUMNS) {
		amount_text(amount, sizeof(amount), row->now, row->total);
		right += AMOUNT_COLUMNS;
	}
	size_t room = width > right ? width - right : 0;
	room = room < PATH_COLUMNS_MOST ? room : PATH_COLUMNS_MOST;
	shorten(path, sizeof(path), row->path, room);
	snprintf(text, (size_t)width + 1, "%-*s  %-11s %4s  %s", (int)room,
	    path, state_word(row->state), percent, amount);
	/* What is blank at the end need not be sent. */
	size_t size = strlen(text);
	while (size > 0 && text[size - 1] == ' ')
		text[--size] = '\0';
}

uint64_t
live_remaining(const struct row *rows, size_t nrows)
{
	uint64_t remaining = 0, known = 0, sum = 0, unknown = 0;

	for (size_t i = 0; i < nrows; i++) {
		bool to_come = rows[i].state <= CLI_DOWNLOADING;
		if (rows[i].size == 0) {
			unknown += to_come;
			continue;
		}
		known++;
		sum += rows[i].size;
		if (to_come && rows[i].fetched < rows[i].size)
			remaining += rows[i].size - rows[i].fetched;
	}
	return known == 0 ? 0 : remaining + unknown * (sum / known);
}

uint64_t
live_total(const struct row *rows, size_t nrows)
{
	uint64_t total = 0;

	for (size_t i = 0; i < nrows; i++) {
		bool to_come = rows[i].state <= CLI_DOWNLOADING;
		if (to_come && rows[i].size == 0)
			return 0;
		total += to_come ? rows[i].size : rows[i].fetched;
	}
	return total;
}

void
live_total_text(char text[LIVE_WIDTH], unsigned int width,
    const struct row *rows, size_t nrows, const struct tally *tally,
    uint64_t rate)
{
	char fetched[2 * TEXT_SHORT + 4], speed[TEXT_SHORT], left[TEXT_SHORT];
	char all[TEXT_SHORT], failed[40] = "", flow[100] = "", line[LIVE_WIDTH];
	uint64_t remaining = live_remaining(rows, nrows);
	size_t done = tally->installed + tally->present + tally->planned;

	width = width < LIVE_WIDTH ? width : LIVE_WIDTH - 1;
	text_size(fetched, tally->fetched);
	text_size(all, live_total(rows, nrows));
	if (live_remaining(rows, nrows) > 0 && live_total(rows, nrows) > 0)
		snprintf(fetched + strlen(fetched), TEXT_SHORT + 4, " of %s",
		    all);
	text_size(speed, rate);
	if (tally->failed > 0)
		snprintf(failed, sizeof(failed), ", %zu failed", tally->failed);
	if (rate > 0)
		snprintf(flow, sizeof(flow), "  %s/s", speed);
	if (rate > 0 && remaining > 0) {
		text_duration(left, remaining / rate + 1);
		snprintf(flow, sizeof(flow), "  %s/s  about %s left", speed,
		    left);
	}
	snprintf(line, sizeof(line), "%zu of %zu done%s  %s%s", done,
	    tally->count, failed, fetched, flow);
	snprintf(text, (size_t)width + 1, "%s", line);
}

/* A sample now and then; the rate is that over all samples kept: seconds. */
static uint64_t
live_rate(struct live *live, uint64_t now, uint64_t bytes)
{
	size_t n = live->nsamples;
	size_t last = (n + LIVE_SAMPLES - 1) % LIVE_SAMPLES;

	if (n == 0 || now - live->samples[last].when >= LIVE_SAMPLE) {
		live->samples[n % LIVE_SAMPLES].when = now;
		live->samples[n % LIVE_SAMPLES].bytes = bytes;
		n = ++live->nsamples;
	}
	size_t first = n > LIVE_SAMPLES ? n % LIVE_SAMPLES : 0;
	uint64_t ms = now - live->samples[first].when;
	if (ms < LIVE_INTERVAL || bytes < live->samples[first].bytes)
		return 0;
	return (bytes - live->samples[first].bytes) * 1000 / ms;
}

static bool
is_active(const struct row *row)
{
	return row->state == CLI_DOWNLOADING || row->state == CLI_VERIFYING ||
	    row->state == CLI_EXTRACTING;
}

static void
draw_rows(struct live *live, struct frame *frame, const struct row *rows,
    size_t nrows)
{
	size_t room = live->lines > 4 ? live->lines - 4 : 1;
	size_t drawn = 0, more = 0;
	char text[LIVE_WIDTH];

	room = room < LIVE_LINES ? room : LIVE_LINES;
	for (size_t i = 0; i < nrows; i++) {
		if (!is_active(&rows[i]))
			continue;
		if (drawn == room) {
			more++;
			continue;
		}
		live_row_text(text, live->columns - 1, &rows[i]);
		region_add(live, frame, text);
		drawn++;
	}
	if (more > 0) {
		snprintf(text, live->columns < LIVE_WIDTH ? live->columns :
		    LIVE_WIDTH, "and %zu more", more);
		region_add(live, frame, text);
	}
}

/* In the background the terminal is somebody else's. */
static bool
in_background(void)
{
	pid_t group = tcgetpgrp(STDOUT_FILENO);

	return group != -1 && group != getpgrp();
}

static uint64_t
live_due(const struct live *live)
{
	/* A region on the screen also changes as time goes by. */
	if (live->dirty)
		return live->drawn + LIVE_INTERVAL;
	return live->nwidths > 0 ? live->drawn + 1000 : UINT64_MAX;
}

void
live_draw(struct live *live, const struct row *rows, size_t nrows,
    const struct tally *tally)
{
	struct frame frame = { .size = 0 };
	char text[LIVE_WIDTH];
	uint64_t now = rpc_now();

	if (interrupt_continued()) {
		/* What is on the screen now is the shell's. */
		live->nwidths = 0;
		live->dirty = true;
	}
	if (interrupt_resized()) {
		live_measure(live);
		live->dirty = true;
	}
	if (now < live_due(live))
		return;
	live->drawn = now;
	live->dirty = false;
	if (in_background())
		return;
	region_erase(live, &frame);
	draw_rows(live, &frame, rows, nrows);
	live_total_text(text, live->columns - 1, rows, nrows, tally,
	    live_rate(live, now, tally->fetched));
	region_add(live, &frame, text);
	frame_write(&frame);
}

int
live_timeout(const struct live *live)
{
	uint64_t due = live_due(live), now = rpc_now();

	if (due == UINT64_MAX)
		return -1;
	return due <= now ? 0 : (int)(due - now);
}
