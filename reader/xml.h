/*
 * xml.h - the part of XML that indexes are written in: elements, attributes,
 * comments, and text, which is passed over.
 *
 * No entity is known and nothing is declared: an '&' is an '&', and a document
 * type is refused.  So a text never grows, and names no other file.  Pure.
 */
#ifndef READER_XML_H
#define READER_XML_H

#include "reader/nodes.h"

/* As hid_parse(). */
enum reader_why xml_parse(struct nodes *, struct span text, uint32_t *line);

#endif /* READER_XML_H */
