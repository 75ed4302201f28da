#include "codec/edit_json.hpp"

#include "codec/line_index.hpp"

#include <algorithm>
#include <cstddef>
#include <map>

namespace syncline::codec {
namespace {

using Places = std::map<std::string, ValuePlace>;

/// The last value directly inside the one at `pointer`, or nothing when that is empty.
const ValuePlace* last_inside(const Places& places, const std::string& pointer) {
    const ValuePlace* last = nullptr;
    const std::string prefix = pointer + "/";
    for (auto at = places.lower_bound(prefix); at != places.end(); ++at) {
        if (!at->first.starts_with(prefix)) break;
        if (at->first.find('/', prefix.size()) != std::string::npos) continue;
        if (last == nullptr || at->second.begin > last->begin) last = &at->second;
    }
    return last;
}

std::string_view line_around(std::string_view text, std::size_t at) {
    const std::size_t before = text.rfind('\n', at == 0 ? 0 : at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin, std::min(text.find('\n', at), text.size()) - begin);
}

std::string indent_of(std::string_view line) {
    return std::string(line.substr(0, std::min(line.find_first_not_of(" \t"), line.size())));
}

/// Is nothing but a comment between the end of a value and that of its line?
bool ends_its_line(std::string_view rest) {
    const std::size_t at = rest.find_first_not_of(" \t\r");
    return at == std::string_view::npos || rest.substr(at).starts_with("//") ||
           (rest.substr(at).starts_with("/*") && rest.ends_with("*/"));
}

/// Puts `addition` behind the last value inside the structure at `around`, or alone into it.
std::string insert_last(
    std::string_view text, const ValuePlace& around, const ValuePlace* last, std::string addition
) {
    std::string edited(text);
    if (last == nullptr) {
        const bool is_object = text[around.value] == '{';
        edited.replace(
            around.value + 1,
            around.end - around.value - 2,
            is_object ? " " + addition + " " : addition
        );
        return edited;
    }
    const std::string_view line = line_around(text, last->begin);
    const bool begins_its_line =
        static_cast<std::size_t>(text.data() + last->begin - line.data()) == indent_of(line).size();
    const std::size_t line_end = std::min(text.find('\n', last->end), text.size());
    const std::string_view rest = text.substr(last->end, line_end - last->end);
    if (!begins_its_line) return edited.insert(last->end, ", " + addition);
    const std::string fresh = "\n" + indent_of(line) + addition;
    if (!ends_its_line(rest)) return edited.insert(last->end, "," + fresh);
    edited.insert(line_end, fresh);  // behind the comment that belongs to the last one
    return edited.insert(last->end, ",");
}

Error no_such(const std::string& pointer, const char* what) {
    return {
        ErrorCode::NotFound,
        Remedy::Reconfigure,
        pointer,
        std::string("this file has no ") + what + " there"};
}

/// The places of a text that parses, and the value at a pointer.
struct Found {
    Places places;
    const ValuePlace* place = nullptr;
};

Result<Found> find(std::string_view text, const std::string& pointer, char opening) {
    if (auto parsed = parse_json_with_comments(text); !parsed) return parsed.error();
    Found found;
    found.places = index_places(text);
    const auto at = found.places.find(pointer);
    if (at != found.places.end() && text[at->second.value] == opening) found.place = &at->second;
    return found;
}

}  // namespace

Result<std::string> set_member(
    std::string_view text, const std::string& object, const std::string& key, const Json& value
) {
    SYNCLINE_TRY(const Found found, find(text, object, '{'));
    if (found.place == nullptr) return no_such(object, "object");
    const auto there = found.places.find(object + "/" + pointer_step(key));
    if (there != found.places.end()) {
        const ValuePlace& old = there->second;
        return std::string(text).replace(old.value, old.end - old.value, to_spaced_line(value));
    }
    return insert_last(
        text,
        *found.place,
        last_inside(found.places, object),
        to_line(Json(key)) + ": " + to_spaced_line(value)
    );
}

Result<std::string> append_item(std::string_view text, const std::string& list, const Json& value) {
    SYNCLINE_TRY(const Found found, find(text, list, '['));
    if (found.place == nullptr) return no_such(list, "list");
    return insert_last(text, *found.place, last_inside(found.places, list), to_spaced_line(value));
}

}  // namespace syncline::codec
