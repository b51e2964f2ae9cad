/*
 * hid.h - human-inclined data, as Genode's documentation describes it
 * (genode.org, "Human-inclined data (HID) syntax").  Pure.
 */
#ifndef READER_HID_H
#define READER_HID_H

#include "reader/nodes.h"

/* Tell the nodes of a text of valid characters: READER_DONE, or why not, with
 * the line (from 1) in *line. */
enum reader_why hid_parse(struct nodes *, struct span text, uint32_t *line);

#endif /* READER_HID_H */
