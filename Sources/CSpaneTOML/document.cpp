#include "document.h"

#include <list>
#include <locale>
#include <sstream>
#include <string>
#include <vector>

// An assertion would name the file that it is in, and with it the machine that built the library.
#ifndef NDEBUG
#define NDEBUG
#endif
// Mistakes are results; only a lack of memory is thrown.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
// It writes operators in a way that newer compilers warn of.
#if defined(__clang__) && __clang_major__ >= 20
#pragma clang diagnostic ignored "-Wdeprecated-literal-operator"
#endif
#include "toml.hpp"

namespace {

struct Content {
    toml::table table;
    std::vector<toml_item> items;
    std::list<std::string> texts;

    toml_text keep(std::string text) {
        texts.push_back(std::move(text));
        return {texts.back().data(), texts.back().size()};
    }

    template <class Value>
    toml_text written(const Value &value) {
        std::ostringstream stream;
        stream.imbue(std::locale::classic());
        stream << value;
        return keep(stream.str());
    }

    // toml++ refuses what is nested more than 256 levels deep.
    void add(const toml::node &node, toml_text key) {
        toml_item item = {TOML_OTHER, key, {nullptr, 0}, 0, 0};
        if (const auto *table = node.as_table()) {
            item.kind = TOML_TABLE;
            item.integer = static_cast<int64_t>(table->size());
            items.push_back(item);
            for (const auto &[name, value] : *table) add(value, {name.data(), name.length()});
            return;
        }
        if (const auto *list = node.as_array()) {
            item.kind = TOML_LIST;
            item.integer = static_cast<int64_t>(list->size());
            items.push_back(item);
            for (const toml::node &value : *list) add(value, {nullptr, 0});
            return;
        }
        if (const auto *text = node.as_string()) {
            item.kind = TOML_TEXT;
            item.text = {text->get().data(), text->get().size()};
        } else if (const auto *integer = node.as_integer()) {
            item.kind = TOML_INTEGER;
            item.integer = integer->get();
        } else if (const auto *number = node.as_floating_point()) {
            item.kind = TOML_NUMBER;
            item.number = number->get();
        } else if (const auto *flag = node.as_boolean()) {
            item.kind = TOML_FLAG;
            item.integer = flag->get();
        } else if (const auto *date = node.as_date()) {
            item.text = written(date->get());
        } else if (const auto *time = node.as_time()) {
            item.text = written(time->get());
        } else if (const auto *moment = node.as_date_time()) {
            item.text = written(moment->get());
        }
        items.push_back(item);
    }
};

} // namespace

extern "C" toml_document *toml_document_read(const char *text, size_t size) {
    toml_document *document = nullptr;
    Content *content = nullptr;
    try {
        document = new toml_document();
        content = new Content();
        document->content = content;
        toml::parse_result result = toml::parse(std::string_view(text, size));
        if (result) {
            content->table = std::move(result).table();
            content->add(content->table, {nullptr, 0});
            document->items = content->items.data();
            document->count = content->items.size();
        } else {
            document->mistake = content->keep(std::string(result.error().description()));
            document->line = result.error().source().begin.line;
            document->column = result.error().source().begin.column;
        }
        return document;
    } catch (...) {
        delete content;
        delete document;
        return nullptr;
    }
}

extern "C" void toml_document_free(toml_document *document) {
    if (document == nullptr) return;
    delete static_cast<Content *>(document->content);
    delete document;
}
