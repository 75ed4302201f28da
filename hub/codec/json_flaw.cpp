#include "codec/json_flaw.hpp"

#include "base/text.hpp"
#include "codec/json.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace syncline::codec {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kWordCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-.";

/// Where the well-formed part of a text ends.
std::size_t end_of_utf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t length = 1;
        while (length < 4 && !is_utf8(text.substr(at, length)))
            ++length;
        if (!is_utf8(text.substr(at, length))) return at;
        at += length;
    }
    return at;
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A character as a message names it.
std::string named(char c) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"') return "a text";
    if (is_digit(c)) return "a number";
    if (kWordCharacters.find(c) != std::string_view::npos && c != '.' && c != '+' && c != '-')
        return "a word without quotes";
    if (byte < 0x20 || byte == 0x7F) return "a control character";
    if (byte >= 0x80) return "a character that needs quotes around it";
    return std::string("\"") + c + "\"";
}

/// Reads the grammar of RFC 8259 with comments, and stops at the first flaw. Each step returns
/// false when there is one.
class FlawFinder {
public:
    FlawFinder(std::string_view text, std::size_t depth_limit)
        : whole_(text), depth_limit_(depth_limit) {
        const std::size_t nul = std::min(text.find('\0'), text.size());
        const std::size_t broken = end_of_utf8(text);
        text_ = text.substr(0, std::min(nul, broken));
        cut_by_ = nul < broken ? "a NUL byte" : "a byte that is not well-formed UTF-8";
        if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
        begin_ = at_;
    }

    std::optional<JsonFlaw> run() {
        if (skip() && value() && skip() && at_ < text_.size()) expected("the end of the file");
        if (detail_.empty() && is_cut()) refuse(text_.size(), cut_by_);
        if (detail_.empty()) return std::nullopt;
        const std::string_view before = whole_.substr(begin_, offset_ - begin_);
        const auto newline = before.rfind('\n');
        const std::string_view in_line =
            newline == std::string_view::npos ? before : before.substr(newline + 1);
        JsonFlaw flaw;
        flaw.line += static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
        flaw.column += count_characters(in_line);
        flaw.detail = detail_;
        return flaw;
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    bool has_ended() const { return at_ >= text_.size(); }
    bool is_cut() const { return text_.size() < whole_.size(); }

    bool refuse(std::size_t offset, std::string detail) {
        offset_ = offset;
        detail_ = std::move(detail);
        return false;
    }
    bool expected(const std::string& what) {
        if (!has_ended()) return refuse(at_, "expected " + what + ", found " + named(peek()));
        if (is_cut()) return refuse(at_, cut_by_);
        return refuse(at_, "the file ends where " + what + " should be");
    }

    bool skip() {
        for (;;) {
            const std::string_view rest = text_.substr(at_);
            if (rest.starts_with("//")) {
                at_ = std::min(text_.find('\n', at_), text_.size());
            } else if (rest.starts_with("/*")) {
                const auto end = text_.find("*/", at_ + 2);
                if (end == std::string_view::npos)
                    return is_cut() ? refuse(text_.size(), cut_by_)
                                    : refuse(at_, "this comment has no end");
                at_ = end + 2;
            } else if (!rest.empty() && std::string_view(" \t\r\n").find(rest[0]) != std::string_view::npos) {
                ++at_;
            } else {
                return true;
            }
        }
    }

    bool value() {
        const char c = peek();
        if (c == '{') return members();
        if (c == '[') return items();
        if (c == '"') return string().has_value();
        if (kWordCharacters.find(c) == std::string_view::npos || has_ended())
            return expected("a value");
        const std::size_t begin = at_;
        at_ = std::min(text_.find_first_not_of(kWordCharacters, at_), text_.size());
        const std::string_view word = text_.substr(begin, at_ - begin);
        if (parse_json(word)) return true;
        const bool is_number = is_digit(c) || c == '-' || c == '+' || c == '.';
        return refuse(
            begin,
            is_number ? "this is no number of JSON, or one out of range"
                      : "a word without quotes; only true, false and null stand without"
        );
    }

    /// The text, without its escapes.
    std::optional<std::string> string() {
        const std::size_t begin = at_;
        for (++at_; peek() != '"'; ++at_) {
            const auto byte = static_cast<unsigned char>(peek());
            if (has_ended() && is_cut()) {
                refuse(at_, cut_by_);
                return std::nullopt;
            }
            if (has_ended() || byte == '\n' || byte == '\r') {
                refuse(begin, "this text has no closing quote in its line");
                return std::nullopt;
            }
            if (byte < 0x20) {
                refuse(at_, "a control character in a text; write it as an escape, such as \\t");
                return std::nullopt;
            }
            if (byte == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
        }
        ++at_;
        const auto parsed = parse_json(text_.substr(begin, at_ - begin));
        if (parsed) return parsed->get<std::string>();
        refuse(begin, "this text has an escape that JSON does not know; a backslash is \\\\");
        return std::nullopt;
    }

    bool enter() {
        if (++depth_ <= depth_limit_) return true;
        return refuse(at_, "nested deeper than " + std::to_string(depth_limit_) + " levels");
    }

    bool members() {
        if (!enter()) return false;
        std::set<std::string> keys;
        ++at_;
        if (!skip()) return false;
        bool may_close = true;
        while (peek() != '}' || !may_close) {
            if (peek() != '"')
                return expected(may_close ? "a key in quotes or \"}\"" : "a key in quotes");
            const std::size_t begin = at_;
            const auto key = string();
            if (!key) return false;
            if (!keys.insert(*key).second)
                return refuse(begin, "the key \"" + *key + "\" occurs twice in one object");
            if (!skip()) return false;
            if (peek() != ':') return expected("\":\"");
            ++at_;
            if (!skip() || !value() || !skip()) return false;
            may_close = peek() != ',';
            if (may_close && peek() != '}') return expected("\",\" or \"}\"");
            if (may_close) break;
            ++at_;
            if (!skip()) return false;
        }
        ++at_;
        --depth_;
        return true;
    }

    bool items() {
        if (!enter()) return false;
        ++at_;
        if (!skip()) return false;
        bool may_close = true;
        while (peek() != ']' || !may_close) {
            if (!value() || !skip()) return false;
            may_close = peek() != ',';
            if (may_close && peek() != ']') return expected("\",\" or \"]\"");
            if (may_close) break;
            ++at_;
            if (!skip()) return false;
        }
        ++at_;
        --depth_;
        return true;
    }

    const std::string_view whole_;
    const std::size_t depth_limit_;
    std::string_view text_;  ///< up to the first byte that no JSON has
    std::string cut_by_;     ///< that byte, when there is one
    std::size_t begin_ = 0;  ///< after a byte order mark
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
    std::size_t offset_ = 0;  ///< of the flaw
    std::string detail_;      ///< "" = no flaw yet
};

}  // namespace

std::optional<JsonFlaw> find_flaw(std::string_view text, std::size_t depth_limit) {
    return FlawFinder(text, depth_limit).run();
}

}  // namespace syncline::codec
