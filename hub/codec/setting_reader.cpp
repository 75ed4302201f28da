#include "codec/setting_reader.hpp"

#include "base/text.hpp"
#include "codec/json_flaw.hpp"
#include "codec/line_index.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

namespace syncline::codec {
namespace {

constexpr JsonLimits kLimits{std::size_t{4} << 20U, 32};

std::string_view kind_of(const Json& json) {
    if (json.is_object()) return "an object";
    if (json.is_array()) return "a list";
    if (json.is_string()) return "a text";
    if (json.is_boolean()) return "true or false";
    if (json.is_number()) return "a number";
    return "null";
}

/// Where a text stops being JSON with comments, and why; `refusal` when that has no place.
Error syntax_error(
    const std::filesystem::path& path, std::string_view text, const std::string& refusal
) {
    Error error{
        ErrorCode::ConfigInvalid,
        Remedy::Reconfigure,
        path.string(),
        "not JSON with comments: " + refusal};
    const auto flaw = text.size() > kLimits.bytes ? std::nullopt : find_flaw(text, kLimits.depth);
    if (!flaw) return error;
    error.where += ":" + std::to_string(flaw->line) + ":" + std::to_string(flaw->column);
    error.detail = "not JSON with comments: " + flaw->detail;
    return error;
}

}  // namespace

SettingFile::SettingFile(const std::filesystem::path& path) : path_(path) {
    std::ifstream in(path, std::ios::binary);
    std::error_code ignored;
    const bool is_folder = std::filesystem::is_directory(path, ignored);
    if (!in || is_folder) {
        problems_.push_back(
            {ErrorCode::ConfigInvalid,
             Remedy::Reconfigure,
             path.string(),
             is_folder ? "this is a folder, and a configuration file is expected"
                       : "this configuration file cannot be read"}
        );
        return;
    }
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    auto parsed = parse_json_with_comments(text, kLimits);
    if (!parsed) {
        problems_.push_back(syntax_error(path, text, parsed.error().detail));
        return;
    }
    root_ = std::move(parsed).value();
    lines_ = index_lines(text);
}

std::string SettingFile::where(const std::string& pointer) const {
    for (std::string around = pointer;; around.resize(around.rfind('/'))) {
        if (const auto found = lines_.find(around); found != lines_.end())
            return path_.string() + ":" + std::to_string(found->second);
        if (around.rfind('/') == std::string::npos) return path_.string();
    }
}

void SettingFile::refuse(const std::string& pointer, std::string what) {
    const std::string at = pointer.empty() ? "" : " (at " + pointer + ")";
    problems_.push_back(
        {ErrorCode::ConfigInvalid, Remedy::Reconfigure, where(pointer), std::move(what) + at}
    );
}

bool SettingNode::check_keys(std::initializer_list<const char*> known) const {
    if (!json_->is_object()) {
        refuse("expected an object, found " + std::string(kind_of(*json_)));
        return false;
    }
    const std::vector<std::string> names(known.begin(), known.end());
    for (const auto& [key, value] : json_->items()) {
        if (std::find(names.begin(), names.end(), key) != names.end()) continue;
        const std::string near = nearest(key, names);
        file_->refuse(
            pointer_ + "/" + pointer_step(key),
            "unknown key \"" + key + "\"" + (near.empty() ? "" : "; did you mean \"" + near + "\"?")
        );
    }
    return true;
}

std::optional<SettingNode> SettingNode::find(const std::string& key) const {
    if (!json_->is_object()) return std::nullopt;
    const auto found = json_->find(key);
    if (found == json_->end()) return std::nullopt;
    return SettingNode(*file_, *found, pointer_ + "/" + pointer_step(key));
}

std::vector<std::pair<std::string, SettingNode>> SettingNode::members() const {
    std::vector<std::pair<std::string, SettingNode>> members;
    if (!json_->is_object())
        refuse("expected an object, found " + std::string(kind_of(*json_)));
    else
        for (const auto& [key, value] : json_->items())
            members.emplace_back(
                key, SettingNode(*file_, value, pointer_ + "/" + pointer_step(key))
            );
    return members;
}

std::vector<SettingNode> SettingNode::items() const {
    std::vector<SettingNode> items;
    if (!json_->is_array()) {
        refuse("expected a list, found " + std::string(kind_of(*json_)));
        return items;
    }
    for (std::size_t i = 0; i < json_->size(); ++i)
        items.emplace_back(*file_, (*json_)[i], pointer_ + "/" + std::to_string(i));
    return items;
}

std::string SettingNode::text() const {
    if (json_->is_string()) return json_->get<std::string>();
    refuse("expected a text, found " + std::string(kind_of(*json_)));
    return {};
}

bool SettingNode::boolean() const {
    if (json_->is_boolean()) return json_->get<bool>();
    refuse("expected true or false, found " + std::string(kind_of(*json_)));
    return false;
}

std::uint32_t SettingNode::number() const {
    if (json_->is_number_unsigned() && json_->get<std::uint64_t>() <= UINT32_MAX)
        return json_->get<std::uint32_t>();
    refuse("expected a whole number from 0 to 4294967295");
    return 0;
}

std::chrono::milliseconds SettingNode::duration() const {
    const std::string words = json_->is_string() ? json_->get<std::string>() : "";
    std::int64_t count = 0;
    const auto [rest, failed] = std::from_chars(words.data(), words.data() + words.size(), count);
    const std::string_view unit(rest, static_cast<std::size_t>(words.data() + words.size() - rest));
    std::int64_t scale = 0;
    if (unit == "ms")
        scale = 1;
    else if (unit == "s")
        scale = 1'000;
    else if (unit == "m")
        scale = 60'000;
    else if (unit == "h")
        scale = 3'600'000;
    constexpr std::int64_t kLongest = 1'000'000;
    if (failed != std::errc{} || scale == 0 || count <= 0 || count > kLongest) {
        refuse("expected a duration such as \"500ms\", \"5s\", \"2m\" or \"1h\"");
        return std::chrono::milliseconds{0};
    }
    return std::chrono::milliseconds{count * scale};
}

std::vector<std::string> SettingNode::texts() const {
    std::vector<std::string> texts;
    for (const SettingNode& item : items())
        texts.push_back(item.text());
    return texts;
}

std::string SettingNode::scalar() const {
    if (json_->is_string()) return json_->get<std::string>();
    if (json_->is_number() || json_->is_boolean()) return to_line(*json_);
    refuse("expected a text, a number or true or false");
    return {};
}

std::string SettingNode::required(const std::string& key) const {
    if (const auto node = find(key)) {
        std::string value = node->text();
        if (value.empty() && node->json().is_string()) node->refuse("must not be empty");
        return value;
    }
    refuse("the key \"" + key + "\" is missing");
    return {};
}

std::string SettingNode::text_or(const std::string& key, std::string otherwise) const {
    const auto node = find(key);
    return node ? node->text() : std::move(otherwise);
}

}  // namespace syncline::codec
