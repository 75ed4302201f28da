// Dates as systems write them: any order and separators, years of two digits, names of months.

#include "mapping/date_format.hpp"

#include "mapping/system_mapping.hpp"
#include "support/world.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace syncline::mapping {
namespace {

DateFormat format_of(std::string text, unsigned first_year = 0, const std::string& language = "") {
    auto format = DateFormat::make(std::move(text), first_year, language);
    EXPECT_TRUE(format.has_value()) << (format ? "" : format.error().detail);
    return format ? *format : DateFormat::make("YYYY-MM-DD", 0, "").value();
}

std::string refusal(std::string text, unsigned first_year = 0, const std::string& language = "") {
    const auto format = DateFormat::make(std::move(text), first_year, language);
    if (format) return "";
    EXPECT_EQ(format.error().code, ErrorCode::ConfigInvalid);
    return format.error().detail;
}

std::string written(const DateFormat& format, std::string_view day) {
    const auto text = format.write(day);
    return text ? *text : "(" + text.error().detail + ")";
}

std::string understood(const DateFormat& format, std::string_view text) {
    return format.read(text).value_or("(not read)");
}

TEST(DateFormat, EachUnitStandsOnceOrADateCouldNotBeReadBack) {
    for (const char* text : {"YYYY-MM-DD", "DDMMYYYY", "(DD) MM / YYYY", "D/M/YYYY", "YYYY/D.M"})
        EXPECT_EQ(refusal(text), "") << text;
    for (const char* text :
         {"", "DD/MM", "MM/YYYY", "YYYY-DD", "YYYY-MM-MM", "DD/MM/YYYY DD", "yyyy-mm-dd"})
        EXPECT_EQ(
            refusal(text),
            "option format of lens date has a year, a month and a day once each, or a date could "
            "not be read back: \"DD/MM/YYYY\""
        ) << text;
    EXPECT_EQ(
        refusal("DD/MM/YYYYY"),
        "option format of lens date has \"YYYYY\"; its units are YYYY, YY, MMMM, MMM, MM, M, DD "
        "and D"
    );
    for (const char* text : {"DDD/MM/YYYY", "DD/MM/YYY", "DD/MM/Y", "MMMMM D YYYY"})
        EXPECT_NE(refusal(text).find("its units are"), std::string::npos) << text;
}

TEST(DateFormat, LeadingZerosAreWrittenByTheFormatAndReadEitherWay) {
    const DateFormat slim = format_of("D.M.YYYY");
    EXPECT_EQ(written(slim, "2026-02-01"), "1.2.2026");
    EXPECT_EQ(understood(slim, "01.02.2026"), "2026-02-01");
    EXPECT_EQ(understood(slim, "31.12.2026"), "2026-12-31");
    EXPECT_EQ(understood(format_of("DD.MM.YYYY"), "1.2.2026"), "2026-02-01");
    EXPECT_EQ(understood(slim, "001.2.2026"), "(not read)");
}

TEST(DateFormat, FiguresThatNothingSeparatesHaveAllTheirDigits) {
    const DateFormat packed = format_of("YYYYMMDD");
    EXPECT_EQ(understood(packed, "20260111"), "2026-01-11");
    EXPECT_EQ(understood(packed, "2026111"), "(not read)");  // of January or of November?
    EXPECT_EQ(understood(format_of("DD1MM YYYY"), "112 2026"), "(not read)");
    EXPECT_EQ(
        refusal("YYYYMD"),
        "in option format of lens date nothing stands between figures, so each has a fixed number "
        "of digits: MM and DD instead of M and D"
    );
    EXPECT_NE(refusal("D0M YYYY"), "");
}

TEST(DateFormat, TwoDigitsAreAYearOfTheDeclaredHundred) {
    const DateFormat format = format_of("DD/MM/YY", 1930);
    EXPECT_EQ(understood(format, "31/12/29"), "2029-12-31");
    EXPECT_EQ(understood(format, "31/12/30"), "1930-12-31");
    EXPECT_EQ(understood(format, "31/12/99"), "1999-12-31");
    EXPECT_EQ(understood(format, "31/12/00"), "2000-12-31");
    EXPECT_EQ(understood(format, "31/12/1999"), "(not read)");
    EXPECT_EQ(understood(format, "31/12/9"), "(not read)");
    EXPECT_EQ(written(format, "2029-12-31"), "31/12/29");
    EXPECT_EQ(written(format, "1930-01-01"), "01/01/30");
    for (const char* day : {"1929-12-31", "2030-01-01"})
        EXPECT_EQ(
            written(format, day),
            "(the year does not fit: in two digits the system keeps 1930 to 2029 only)"
        ) << day;
    EXPECT_EQ(format.loss(), "only the years 1930 to 2029 fit");
    EXPECT_EQ(understood(format_of("YYMMDD", 2000), "991231"), "2099-12-31");
    EXPECT_NE(refusal("DD/MM/YY").find("needs option first_year"), std::string::npos);
    EXPECT_NE(refusal("DD/MM/YYYY", 1930).find("belongs to a year of two"), std::string::npos);
}

TEST(DateFormat, MonthsAreNamedInTheDeclaredLanguage) {
    struct Case {
        const char* format;
        const char* language;
        const char* day;
        const char* text;
    };
    for (const Case& each : std::vector<Case>{
             {"D MMMM YYYY", "en", "2026-03-01", "1 March 2026"},
             {"D MMMM YYYY", "nl", "2026-03-01", "1 maart 2026"},
             {"D. MMMM YYYY", "de", "2026-03-01", "1. März 2026"},
             {"D MMMM YYYY", "fr", "2026-08-01", "1 août 2026"},
             {"DD-MMM-YY", "en", "2026-01-09", "09-Jan-26"},
             {"DD MMM YYYY", "nl", "2026-03-09", "09 mrt 2026"},
             {"MMM. D, YYYY", "fr", "2026-02-09", "févr. 9, 2026"},
             {"DDMMMYYYY", "en", "2026-05-09", "09May2026"},
         }) {
        const bool short_year = std::string_view(each.format).ends_with("-YY");
        const DateFormat format = format_of(each.format, short_year ? 1950 : 0, each.language);
        EXPECT_EQ(written(format, each.day), each.text);
        EXPECT_EQ(understood(format, each.text), each.day);
    }
}

TEST(DateFormat, AMonthIsReadInAnySpellingOfItsLanguage) {
    const DateFormat format = format_of("D MMM YYYY", 0, "fr");
    for (const char* text :
         {"9 févr 2026", "9 févr. 2026", "9 FÉVRIER 2026", "9 fevrier 2026", "09 Fevr. 2026"})
        EXPECT_EQ(understood(format, text), "2026-02-09") << text;
    for (const char* text :
         {"9 February 2026", "9 02 2026", "9  2026", "9 f 2026", "9 févr.. 2026"})
        EXPECT_EQ(understood(format, text), "(not read)") << text;
    EXPECT_EQ(understood(format_of("YYYY D MMM", 0, "nl"), "2026 9 mrt."), "2026-03-09");
}

TEST(DateFormat, AMonthsNameNeedsALanguageThatTellsThemApart) {
    EXPECT_NE(refusal("D MMMM YYYY").find("needs option language"), std::string::npos);
    for (const char* language : {"xx", "english", "EN", "ja"})
        EXPECT_NE(refusal("D MMMM YYYY", 0, language).find("no names of months"), std::string::npos)
            << language;
    EXPECT_NE(refusal("D/M/YYYY", 0, "nl").find("belongs to a month's name"), std::string::npos);
    EXPECT_NE(
        refusal("D MMMMde YYYY", 0, "fr").find("a letter follows the month's name"),
        std::string::npos
    );
}

TEST(DateFormat, EveryDayOfAYearComesBackInEveryOrder) {
    const std::vector<DateFormat> formats{
        format_of("DDMMYY", 1951),
        format_of("M/D/YYYY"),
        format_of("YYYY.D.M"),
        format_of("MMMM D, YYYY", 0, "en"),
        format_of("DMMMYYYY", 0, "de"),
        format_of("D. MMM YYYY", 0, "nl"),
        format_of("YYYY MMM D", 0, "fr")};
    for (const DateFormat& format : formats) {
        for (unsigned month = 1; month <= 12; ++month) {
            for (unsigned day = 1; day <= 31; ++day) {
                const auto two = [](unsigned n) { return (n < 10 ? "0" : "") + std::to_string(n); };
                const std::string date = "2050-" + two(month) + "-" + two(day);
                EXPECT_EQ(understood(format, written(format, date)), date) << format.text();
            }
        }
    }
}

TEST(DateFormat, APlaceholderForNoDateStandsBeforeTheDate) {
    for (const char* placeholder : {"0000-00-00", "00.00.0000"}) {
        SystemSetting system;
        system.id = SystemId{"erp"};
        MappedFieldSetting& entry = system.mapping.emplace_back();
        entry.field = "birth_date";
        entry.remotes = {"born"};
        entry.lenses = {
            {"null_as", {{"write", placeholder}}, {}, {placeholder}},
            {"date", {{"format", "DD.MM.YYYY"}}, {}, {}}};
        const FieldTable fields = testing::fields_of(testing::fake_hub({system}));
        const FieldId born = testing::id_of(fields, "birth_date");
        const auto mapping = SystemMapping::compile(system, fields);
        ASSERT_TRUE(mapping.has_value()) << mapping.error().detail;
        RawFields raw;
        raw["born"] = RawValue::of_text(placeholder);
        const auto nothing = mapping->read(born, raw);
        ASSERT_TRUE(nothing.has_value());
        EXPECT_TRUE(nothing->is_cleared());
        EXPECT_EQ(mapping->write(born, *nothing, {})->find("born")->text, placeholder);
        EXPECT_EQ(
            mapping->write(born, FieldValue::of("1980-12-31"), raw)->find("born")->text,
            "31.12.1980"
        );
    }
}

}  // namespace
}  // namespace syncline::mapping
