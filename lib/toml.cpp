// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seam between toml++ and C. The parsed document is copied once into a
 * plain tree (struct toml_node) whose members stand in the order of the file;
 * toml++ sorts them by name and all of its accessors may throw. Nothing above
 * this file sees C++, and no exception leaves it: every function of toml.h is
 * noexcept and turns bad_alloc into -ENOMEM.
 *
 * toml++ limits how deeply values nest but not the number of parts of a dotted
 * key, each of which is a table in a table: a megabyte of "a.a.a." would
 * exhaust the stack when the document is freed. Such keys are refused before
 * toml++ sees them, and so is a tree deeper than any configuration needs.
 */
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.hpp>

#include "toml.h"

namespace
{

constexpr unsigned max_key_parts = 32;
constexpr unsigned max_depth = 128;

struct member;

/* What is wrong and where; the name of the file is added at the boundary. */
struct parse_problem {
	toml_pos pos;
	std::string text;
};

} // namespace

struct toml_node {
	enum toml_type type;
	toml_pos pos;
	std::string string;
	int64_t integer = 0;
	std::vector<member> members;
	std::vector<toml_node> elements;
};

namespace
{

struct member {
	std::string key;
	toml_pos key_pos;
	toml_node value;
};

toml_pos to_pos(const toml::source_position &p)
{
	return {p.line, p.column};
}

/* Steps over text that cannot hold a key: comments and strings of all four kinds. */
class key_scanner
{
	std::string_view text;
	size_t at = 0;
	toml_pos pos{1, 1};
	unsigned parts = 1;

	void step(size_t n = 1)
	{
		for (; n && at < text.size(); n--, at++) {
			/* continuation bytes of UTF-8 are no characters of their own */
			if (text[at] == '\n')
				pos = {pos.line + 1, 1};
			else if ((static_cast<unsigned char>(text[at]) & 0xc0) != 0x80)
				pos.column++;
		}
	}

	void skip_string()
	{
		char quote = text[at];
		bool is_long = text.substr(at, 3) == std::string(3, quote);
		std::string end(is_long ? 3 : 1, quote);

		for (step(end.size()); at < text.size(); step()) {
			if (text.substr(at, end.size()) == end)
				return step(end.size());
			if (text[at] == '\n' && !is_long)
				return;
			if (text[at] == '\\' && quote == '"')
				step();
		}
	}

      public:
	explicit key_scanner(std::string_view t) : text(t)
	{
	}

	void check()
	{
		while (at < text.size()) {
			char c = text[at];

			if (c == '"' || c == '\'') {
				skip_string();
				continue;
			}
			if (c == '#')
				step(std::min(text.find('\n', at), text.size()) - at);
			else if (c == '.' && ++parts > max_key_parts)
				throw parse_problem{pos, "a key has more than " +
								 std::to_string(max_key_parts) +
								 " parts"};
			else if (strchr("\n=,[]{}", c))
				parts = 1;
			step();
		}
	}
};

/* "Error while parsing string: ..." becomes "error while ..." */
std::string to_message(std::string_view description)
{
	std::string s(description);

	if (!s.empty() && s[0] >= 'A' && s[0] <= 'Z')
		s[0] = static_cast<char>(s[0] - 'A' + 'a');
	return s;
}

enum toml_type to_type(toml::node_type t)
{
	switch (t) {
	case toml::node_type::table:
		return TOML_TABLE;
	case toml::node_type::array:
		return TOML_ARRAY;
	case toml::node_type::string:
		return TOML_STRING;
	case toml::node_type::integer:
		return TOML_INTEGER;
	case toml::node_type::floating_point:
		return TOML_FLOAT;
	case toml::node_type::boolean:
		return TOML_BOOLEAN;
	default:
		return TOML_DATE;
	}
}

bool stands_before(const member &a, const member &b)
{
	return a.key_pos.line != b.key_pos.line ? a.key_pos.line < b.key_pos.line
						: a.key_pos.column < b.key_pos.column;
}

toml_node convert(const toml::node &from, unsigned depth)
{
	toml_node to{to_type(from.type()), to_pos(from.source().begin), {}, 0, {}, {}};

	if (depth > max_depth)
		throw parse_problem{to.pos, "values nest more than " + std::to_string(max_depth) +
						    " levels deep"};
	if (const toml::table *table = from.as_table()) {
		for (auto &&[key, value] : *table)
			to.members.push_back({std::string(key.str()), to_pos(key.source().begin),
					      convert(value, depth + 1)});
		std::stable_sort(to.members.begin(), to.members.end(), stands_before);
	} else if (const toml::array *array = from.as_array()) {
		for (auto &&element : *array)
			to.elements.push_back(convert(element, depth + 1));
	} else if (auto *string = from.as_string()) {
		to.string = string->get();
	} else if (auto *integer = from.as_integer()) {
		to.integer = integer->get();
	} else if (auto *boolean = from.as_boolean()) {
		to.integer = boolean->get();
	}
	return to;
}

toml_node parse(std::string_view text)
{
	try {
		key_scanner(text).check();
		return convert(toml::parse(text), 0);
	} catch (const toml::parse_error &e) {
		throw parse_problem{to_pos(e.source().begin), to_message(e.description())};
	}
}

int report(const char *name, const parse_problem &p, char **ret_error)
{
	char *error;

	if (asprintf(&error, "%s:%u:%u: %s", name, p.pos.line, p.pos.column, p.text.c_str()) < 0)
		return -ENOMEM;
	*ret_error = error;
	return -EBADMSG;
}

} // namespace

struct toml_document {
	toml_node root;
};

int toml_parse(const char *text, size_t size, const char *name, struct toml_document **ret,
	       char **ret_error) noexcept
{
	try {
		*ret = new toml_document{parse({text, size})};
		return 0;
	} catch (const parse_problem &p) {
		return report(name, p, ret_error);
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (const std::exception &e) {
		return report(name, {{1, 1}, e.what()}, ret_error);
	}
}

struct toml_document *toml_free(struct toml_document *t) noexcept
{
	delete t;
	return nullptr;
}

const struct toml_node *toml_root(const struct toml_document *t) noexcept
{
	return &t->root;
}

enum toml_type toml_node_type(const struct toml_node *n) noexcept
{
	return n->type;
}

const char *toml_type_name(const struct toml_node *n) noexcept
{
	static const char *const names[NR_TOML_TYPES] = {
		"a table",   "an array",       "a string", "an integer", "a floating-point number",
		"a boolean", "a date or time",
	};

	return names[n->type];
}

struct toml_pos toml_node_pos(const struct toml_node *n) noexcept
{
	return n->pos;
}

size_t toml_len(const struct toml_node *n) noexcept
{
	return n->type == TOML_TABLE ? n->members.size() : n->elements.size();
}

struct toml_entry toml_member(const struct toml_node *table, size_t i) noexcept
{
	const member &m = table->members[i];

	return {m.key.c_str(), m.key_pos, &m.value};
}

const struct toml_node *toml_at(const struct toml_node *array, size_t i) noexcept
{
	return &array->elements[i];
}

const struct toml_node *toml_get(const struct toml_node *n, const char *key) noexcept
{
	for (const member &m : n->members)
		if (m.key == key)
			return &m.value;
	return nullptr;
}

int toml_string(const struct toml_node *n, const char **ret) noexcept
{
	if (n->type != TOML_STRING)
		return -EINVAL;
	if (n->string.find('\0') != std::string::npos)
		return -EILSEQ;
	*ret = n->string.c_str();
	return 0;
}

int toml_integer(const struct toml_node *n, int64_t *ret) noexcept
{
	if (n->type != TOML_INTEGER)
		return -EINVAL;
	*ret = n->integer;
	return 0;
}

int toml_boolean(const struct toml_node *n, bool *ret) noexcept
{
	if (n->type != TOML_BOOLEAN)
		return -EINVAL;
	*ret = n->integer != 0;
	return 0;
}
