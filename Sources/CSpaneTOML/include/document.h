// Documents in TOML as a list of items, read by toml++ (toml.hpp, of its release 3.4.0).
//
// TOMLKit wraps the same parser, but with Foundation, which the C library must not link.

#ifndef CSPANETOML_DOCUMENT_H
#define CSPANETOML_DOCUMENT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum toml_kind { TOML_TEXT, TOML_INTEGER, TOML_NUMBER, TOML_FLAG, TOML_LIST, TOML_TABLE, TOML_OTHER };

// Text that belongs to a document and ends after `size` bytes.
struct toml_text {
    const char *start;
    size_t size;
};

// A value. What a list or a table holds follows it, each item with all that it holds itself.
struct toml_item {
    int32_t kind;          // a toml_kind
    struct toml_text key;  // of what a table holds
    struct toml_text text; // of TOML_TEXT; a date or time as it is written, of TOML_OTHER
    int64_t integer;       // of TOML_INTEGER; 0 or 1 of TOML_FLAG; the number of items in a TOML_LIST or TOML_TABLE
    double number;         // of TOML_NUMBER
};

struct toml_document {
    const struct toml_item *items; // the table of the document first
    size_t count;                  // 0 where the text is no TOML
    struct toml_text mistake;      // what is wrong with it then
    uint32_t line, column;         // and where, from 1
    void *content;
};

// Reads `size` bytes of UTF-8. NULL where memory runs out.
struct toml_document *toml_document_read(const char *text, size_t size);

void toml_document_free(struct toml_document *document);

#ifdef __cplusplus
}
#endif

#endif
