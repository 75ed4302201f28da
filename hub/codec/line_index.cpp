#include "codec/line_index.hpp"

#include "codec/json.hpp"

namespace syncline::codec {
namespace {

/// Walks a document that is known to be well-formed and notes where values begin.
class Scanner {
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    std::map<std::string, ValuePlace> run() {
        constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
        if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
        skip_space();
        item("");
        return std::move(places_);
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    void step() {
        if (peek() == '\n') ++line_;
        ++at_;
    }

    void skip_space() {
        for (;;) {
            const std::string_view rest = text_.substr(at_ < text_.size() ? at_ : text_.size());
            if (rest.starts_with("//")) {
                while (at_ < text_.size() && peek() != '\n' && peek() != '\r')
                    step();
            } else if (rest.starts_with("/*")) {
                at_ += 2;  // "/*/" is no whole comment
                while (at_ < text_.size() && !text_.substr(at_).starts_with("*/"))
                    step();
                at_ += 2;
            } else if (!rest.empty() && std::string_view(" \t\r\n,:").find(rest[0]) != std::string_view::npos) {
                step();
            } else {
                return;
            }
        }
    }

    std::string string() {
        const std::size_t begin = at_;
        step();
        while (at_ < text_.size() && peek() != '"') {
            if (peek() == '\\') step();
            step();
        }
        step();
        const auto parsed = parse_json(text_.substr(begin, at_ - begin));
        return parsed ? parsed->get<std::string>() : std::string();
    }

    void value(const std::string& pointer) {
        if (peek() == '{') {
            members(pointer);
        } else if (peek() == '[') {
            items(pointer);
        } else if (peek() == '"') {
            string();
        } else {
            while (at_ < text_.size() &&
                   std::string_view(",]} \t\r\n/").find(peek()) == std::string_view::npos)
                step();
        }
    }

    void members(const std::string& pointer) {
        step();
        for (skip_space(); at_ < text_.size() && peek() != '}'; skip_space()) {
            ValuePlace place{line_, at_, at_, at_};
            const std::string child = pointer + "/" + pointer_step(string());
            skip_space();
            place.value = at_;
            value(child);
            place.end = at_;
            places_[child] = place;
        }
        step();
    }

    void items(const std::string& pointer) {
        step();
        std::size_t index = 0;
        for (skip_space(); at_ < text_.size() && peek() != ']'; skip_space()) {
            item(pointer + "/" + std::to_string(index++));
        }
        step();
    }

    void item(const std::string& pointer) {
        ValuePlace place{line_, at_, at_, at_};
        value(pointer);
        place.end = at_;
        places_[pointer] = place;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::map<std::string, ValuePlace> places_;
};

}  // namespace

std::map<std::string, ValuePlace> index_places(std::string_view text) {
    return Scanner(text).run();
}

std::map<std::string, std::size_t> index_lines(std::string_view text) {
    std::map<std::string, std::size_t> lines;
    for (const auto& [pointer, place] : index_places(text))
        lines[pointer] = place.line;
    return lines;
}

std::string pointer_step(std::string_view key) {
    std::string step;
    for (const char c : key) {
        if (c == '~')
            step += "~0";
        else if (c == '/')
            step += "~1";
        else
            step += c;
    }
    return step;
}

}  // namespace syncline::codec
