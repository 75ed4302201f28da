// Build tool: reads schemas/customer.json and writes the catalogue of its leaves as C++ data.
// usage: generate_catalogue customer.json catalogue_data.cpp

#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Json = nlohmann::ordered_json;

const std::map<std::string, std::string> kTypes{
    {"text", "Text"},
    {"long_text", "LongText"},
    {"name", "PersonOrOrganisationName"},
    {"email", "Email"},
    {"phone", "Phone"},
    {"country", "Country"},
    {"language", "Language"},
    {"currency", "Currency"},
    {"vat", "VatNumber"},
    {"identifier", "Identifier"},
    {"code", "Code"},
    {"integer", "Integer"},
    {"decimal", "Decimal"},
    {"money", "Money"},
    {"date", "Date"},
    {"date_time", "DateTime"},
    {"boolean", "Boolean"}};
const std::map<std::string, std::string> kIndexes{
    {"none", "None"}, {"blind", "Blind"}, {"strong", "Strong"}};
const std::map<std::string, std::string> kDomains{
    {"general", "General"},
    {"identity", "Identity"},
    {"finance", "Finance"},
    {"consent", "Consent"}};

std::string word(
    const std::map<std::string, std::string>& words,
    const std::string& text,
    const std::string& path
) {
    const auto found = words.find(text);
    if (found == words.end())
        throw std::runtime_error(path + ": \"" + text + "\" is not known to the catalogue");
    return found->second;
}

std::string quoted(const std::string& text) {
    return Json(text).dump();
}

class Generator {
public:
    void walk(const Json& node, const std::string& path) {
        if (node.contains("x-number")) {
            leaf(node, path);
            return;
        }
        if (node.value("x-merge", "") == "composite") composite(node, path);
        const std::string prefix = path.empty() ? "" : path + ".";
        if (node.contains("properties")) {
            for (const auto& [key, child] : node["properties"].items())
                walk(child, prefix + key);
        }
        const auto others = node.find("additionalProperties");
        if (others != node.end() && others->is_object()) walk(*others, prefix + "*");
    }

    std::string text() const {
        std::ostringstream out;
        out << "// Generated from schemas/customer.json; edit that.\n"
               "#include \"model/catalogue.hpp\"\n\n#include <array>\n\nnamespace syncline {\n"
               "namespace {\n\n"
            << lists_.str() << "\nconstexpr auto kLeaves = std::to_array<LeafSpec>({\n"
            << leaves_.str()
            << "});\n\nconstexpr auto kComposites = std::to_array<CompositeSpec>({\n"
            << composites_.str()
            << "});\n\n}  // namespace\n\nconst Catalogue& Catalogue::customer() {\n"
               "    static const Catalogue catalogue(kLeaves, kComposites);\n"
               "    return catalogue;\n}\n\n}  // namespace syncline\n";
        return out.str();
    }

private:
    void leaf(const Json& node, const std::string& path) {
        const auto number = node["x-number"].get<unsigned>();
        if (!numbers_.insert(number).second)
            throw std::runtime_error(
                path + ": x-number " + std::to_string(number) + " is used twice"
            );
        std::string codes = "{}";
        if (node.contains("enum")) codes = list(node["enum"]);
        leaves_ << "    {" << quoted(path) << ", " << quoted(node.at("title"))
                << ", ValueType::" << word(kTypes, node.at("x-normal"), path) << ", "
                << (node.value("x-sensitive", true) ? "true" : "false")
                << ", IndexKind::" << word(kIndexes, node.value("x-index", "none"), path)
                << ", Domain::" << word(kDomains, node.value("x-domain", "general"), path) << ", "
                << number << ", " << node.value("maxLength", 0U) << ", " << codes << "},\n";
    }

    void composite(const Json& node, const std::string& path) {
        if (node.at("x-order").size() != node.at("properties").size())
            throw std::runtime_error(path + ": x-order must name every property once");
        composites_ << "    {" << quoted(path) << ", " << quoted(node.at("title")) << ", "
                    << list(node["x-order"]) << "},\n";
    }

    std::string list(const Json& texts) {
        const std::string name = "kList" + std::to_string(next_list_++);
        lists_ << "constexpr auto " << name << " = std::to_array<std::string_view>({";
        for (std::size_t i = 0; i < texts.size(); ++i)
            lists_ << (i == 0 ? "" : ", ") << quoted(texts[i]);
        lists_ << "});\n";
        return name;
    }

    std::ostringstream lists_, leaves_, composites_;
    std::set<unsigned> numbers_;
    unsigned next_list_ = 1;
};

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: %s customer.json catalogue_data.cpp\n", argv[0]);
        return 2;
    }
    try {
        std::ifstream in(argv[1]);
        Generator generator;
        generator.walk(Json::parse(in), "");
        std::ofstream out(argv[2]);
        out << generator.text();
        return out.good() ? 0 : 1;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "%s: %s\n", argv[1], failure.what());
        return 1;
    }
}
