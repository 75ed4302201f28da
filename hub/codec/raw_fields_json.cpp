#include "codec/raw_fields_json.hpp"

#include "base/text.hpp"
#include "codec/json.hpp"

#include <map>
#include <utility>

namespace syncline::codec {
namespace {

/// Takes one flat object off the parser's events, so that the digits of numbers are still there.
class FlatObject final : public nlohmann::json_sax<nlohmann::json> {
public:
    bool null() override { return put(RawValue::null()); }
    bool boolean(bool value) override { return put(RawValue::of_bool(value)); }
    bool number_integer(number_integer_t value) override {
        return put(RawValue::of_number(std::to_string(value)));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return put(RawValue::of_number(std::to_string(value)));
    }
    bool number_float(number_float_t, const string_t& digits) override {
        return put(RawValue::of_number(digits));
    }
    bool string(string_t& value) override { return put(RawValue::of_text(std::move(value))); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override {
        if (depth_++ == 0) return true;
        return fail("is an object; a record is flat");
    }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override {
        return fail(depth_ == 0 ? "the record is not an object" : "is a list; a record is flat");
    }
    bool end_array() override { return true; }
    bool key(string_t& name) override {
        key_ = std::move(name);
        if (fields.contains(key_)) return fail("occurs twice");
        return true;
    }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&)
        override {
        problem = "invalid JSON at byte " + std::to_string(position);
        return false;
    }

    /// A FlatMap would move its entries for every key of a large record that comes out of order.
    std::map<std::string, RawValue> fields;
    std::string problem;

private:
    bool put(RawValue value) {
        if (depth_ == 0) return fail("the record is not an object");
        fields[key_] = std::move(value);
        return true;
    }
    bool fail(const std::string& what) {
        problem = key_.empty() ? what : "field \"" + key_ + "\" " + what;
        return false;
    }

    std::string key_;
    std::size_t depth_ = 0;
};

bool is_json_number(const std::string& digits) {
    return nlohmann::json::accept(digits) &&
           digits.find_first_not_of("0123456789+-.eE") == std::string::npos;
}

}  // namespace

Result<RawFields> read_raw_fields(std::string_view json) {
    FlatObject object;
    if (!is_utf8(json))
        object.problem = "not well-formed UTF-8";
    else if (json.find('\0') != std::string_view::npos)
        object.problem = "holds a NUL byte";
    else if (!nlohmann::json::sax_parse(json, &object) && object.problem.empty())
        object.problem = "invalid JSON";
    if (!object.problem.empty()) {
        return Error{
            ErrorCode::PayloadMalformed, Remedy::Quarantine, "record", std::move(object.problem)};
    }
    RawFields fields;
    for (auto& [name, value] : object.fields)
        fields[name] = std::move(value);
    return fields;
}

std::string write_raw_fields(const RawFields& fields) {
    std::string out = "{";
    for (const auto& [name, value] : fields) {
        if (out.size() > 1) out += ',';
        out += to_line(Json(name)) + ':';
        switch (value.kind) {
            case RawValue::Kind::Null:
                out += "null";
                break;
            case RawValue::Kind::Bool:
                out += value.text;
                break;
            case RawValue::Kind::Number:
                out += is_json_number(value.text) ? value.text : to_line(Json(value.text));
                break;
            case RawValue::Kind::Text:
                out += to_line(Json(value.text));
                break;
        }
    }
    return out + '}';
}

}  // namespace syncline::codec
