/*
 * nodes.h - an index, or an install description, as a tree of nodes, whatever
 * its syntax.
 *
 * A syntax (hid.h, xml.h) tells nodes as they begin and end and their
 * attributes in between; here they become entries.  Pure.
 */
#ifndef READER_NODES_H
#define READER_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/reader.h"

/* A part of the index's text, without an end. */
struct span {
	const char	*text;
	size_t		 size;		/* bytes */
};

enum node_type {
	NODE_OTHER = 0,		/* left out, with all that is in it */
	NODE_INDEX,
	NODE_SUPPORTS,
	NODE_ARCHIVE,		/* pkg, src, api */
	NODE_INSTALLATION,
	NODE_WANTED,		/* archive, index, image, image_index */
};

struct nodes {
	/* Called with each entry. */
	void		(*entry)(struct nodes *, const struct reader_entry *);
	void		*owner;
	bool		 installation;	/* it is none of an index */
	enum node_type	 stack[READER_DEPTH_MAX];
	size_t		 depth;		/* nodes that are open */
	bool		 seen;		/* the top node has begun */
	bool		 told;		/* the innermost has become an entry */
	struct span	 name, path, info, arch, source, binary, verify;
					/* of the innermost */
	uint32_t	 entries, skipped;
};

/* READER_DONE, or why the index is refused. */
enum reader_why nodes_begin(struct nodes *, struct span type, bool enabled);
/* Of the innermost node; the first of two with one tag counts. */
void	nodes_attribute(struct nodes *, struct span tag, struct span value);
/* The innermost node ends; there must be one. */
enum reader_why nodes_end(struct nodes *);

bool	span_is(struct span, const char *word);

#endif /* READER_NODES_H */
