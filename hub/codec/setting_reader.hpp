#pragma once

#include "base/error.hpp"
#include "codec/json.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace syncline::codec {

/// One configuration file while it is read: the document, where its values are, and what is wrong
/// so far. Reading goes on after a mistake, so that a person sees all of them at once.
class SettingFile {
public:
    /// Reads and parses. A file that cannot be read or parsed is one of the problems().
    explicit SettingFile(const std::filesystem::path& path);

    const Json& root() const noexcept { return root_; }
    const std::filesystem::path& path() const noexcept { return path_; }
    const std::vector<Error>& problems() const noexcept { return problems_; }
    /// "systems/erp.json:12" of the value at a JSON Pointer, or of the nearest value around it.
    std::string where(const std::string& pointer) const;
    void refuse(const std::string& pointer, std::string what);

private:
    std::filesystem::path path_;
    Json root_;
    std::map<std::string, std::size_t> lines_;
    std::vector<Error> problems_;
};

/// A value in a SettingFile. Each reader returns the value, or a default after noting the problem.
/// Borrowed from the file; cheap to copy.
class SettingNode {
public:
    SettingNode(SettingFile& file, const Json& json, std::string pointer)
        : file_(&file), json_(&json), pointer_(std::move(pointer)) {}

    const Json& json() const noexcept { return *json_; }
    std::string where() const { return file_->where(pointer_); }
    void refuse(std::string what) const { file_->refuse(pointer_, std::move(what)); }

    /// Refuses keys that are not in the list, with the nearest one. False when this is no object.
    bool check_keys(std::initializer_list<const char*> known) const;
    /// The member, if it is there.
    std::optional<SettingNode> find(const std::string& key) const;
    /// All members of an object, in order; refuses anything else.
    std::vector<std::pair<std::string, SettingNode>> members() const;
    /// All items of a list; refuses anything else.
    std::vector<SettingNode> items() const;

    std::string text() const;
    bool boolean() const;
    std::uint32_t number() const;
    /// "5s", "500ms", "2m", "1h".
    std::chrono::milliseconds duration() const;
    std::vector<std::string> texts() const;
    /// A scalar as text: "x", 5, true.
    std::string scalar() const;

    /// A required text member.
    std::string required(const std::string& key) const;
    std::string text_or(const std::string& key, std::string otherwise) const;

private:
    SettingFile* file_;
    const Json* json_;
    std::string pointer_;
};

}  // namespace syncline::codec
