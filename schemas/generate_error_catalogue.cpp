// Build tool: reads schemas/errors.json and writes the catalogue of errors as C++ data.
// usage: generate_error_catalogue errors.json error_catalogue_data.cpp

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using Json = nlohmann::ordered_json;

const std::map<std::string, std::string> kMenders{
    {"operator", "Mender::Operator"},
    {"system_administrator", "Mender::SystemAdministrator"},
    {"connector_author", "Mender::ConnectorAuthor"},
    {"syncline", "Mender::Syncline"}};
const std::map<std::string, std::string> kPlaces{
    {"command", "\"command\""},
    {"quarantine", "\"quarantine\""},
    {"status", "\"status\""},
    {"log", "\"log\""}};

std::string quoted(const Json& text) {
    return Json(text.get<std::string>()).dump();
}

std::string known(
    const std::map<std::string, std::string>& words,
    const std::string& word,
    const std::string& error
) {
    const auto found = words.find(word);
    if (found == words.end())
        throw std::runtime_error(error + ": \"" + word + "\" is not known to the catalogue");
    return found->second;
}

class Generator {
public:
    void add_group(const Json& group) {
        groups_ << "    {" << quoted(group.at("title")) << ", " << quoted(group.at("about"))
                << "},\n";
        for (const Json& error : group.at("errors"))
            add_error(error, group.at("title"));
    }

    std::string text() const {
        std::ostringstream out;
        out << "// Generated from schemas/errors.json; edit that.\n"
               "#include \"base/error_catalogue.hpp\"\n\n#include <array>\n\nnamespace syncline {\n"
               "namespace {\n\n"
            << lists_.str() << "\nconstexpr auto kEntries = std::to_array<ErrorEntry>({\n"
            << entries_.str() << "});\n\nconstexpr auto kGroups = std::to_array<ErrorGroup>({\n"
            << groups_.str()
            << "});\n\n}  // namespace\n\n"
               "std::span<const ErrorEntry> error_catalogue() {\n    return kEntries;\n}\n"
               "std::span<const ErrorGroup> error_groups() {\n    return kGroups;\n}\n\n"
               "}  // namespace syncline\n";
        return out.str();
    }

private:
    void add_error(const Json& error, const Json& group) {
        const auto name = error.at("name").get<std::string>();
        const auto number = error.at("number").get<unsigned>();
        if (number <= last_number_) throw std::runtime_error(name + ": errors stand by number");
        last_number_ = number;
        const auto as_it_is = [](const Json& text) { return quoted(text); };
        const auto place = [&](const Json& word) { return known(kPlaces, word, name); };
        const auto mender = [&](const Json& word) { return known(kMenders, word, name); };
        entries_ << "    {static_cast<ErrorCode>(" << number << "), " << quoted(name) << ", "
                 << quoted(group) << ", " << quoted(error.at("meaning")) << ", "
                 << error.at("exit_code").get<unsigned>();
        for (const auto& list :
             {list_of(error, "shows", "std::string_view", place),
              list_of(error, "causes", "std::string_view", as_it_is),
              list_of(error, "fixes", "std::string_view", as_it_is),
              list_of(error, "who", "Mender", mender),
              list_of(error, "see", "std::string_view", as_it_is)})
            entries_ << ", " << list;
        entries_ << "},\n";
    }

    template <class Written>
    std::string list_of(const Json& error, const char* key, const char* type, Written written) {
        const Json& items = error.at(key);
        if (!items.is_array() || items.empty())
            throw std::runtime_error(
                error.at("name").get<std::string>() + ": \"" + key + "\" is a list of texts"
            );
        const std::string name = "kList" + std::to_string(next_list_++);
        lists_ << "constexpr auto " << name << " = std::to_array<" << type << ">({";
        for (std::size_t i = 0; i < items.size(); ++i)
            lists_ << (i == 0 ? "" : ", ") << written(items[i]);
        lists_ << "});\n";
        return name;
    }

    std::ostringstream lists_, entries_, groups_;
    unsigned next_list_ = 1;
    unsigned last_number_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s errors.json error_catalogue_data.cpp\n", argv[0]);
        return 2;
    }
    try {
        std::ifstream in(argv[1]);
        Generator generator;
        const Json catalogue = Json::parse(in);
        for (const Json& group : catalogue.at("groups"))
            generator.add_group(group);
        std::ofstream out(argv[2]);
        out << generator.text();
        return out.good() ? 0 : 1;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", argv[1], failure.what());
        return 1;
    }
}
