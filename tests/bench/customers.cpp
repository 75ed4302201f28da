#include "bench/customers.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <string_view>

namespace syncline::bench {
namespace {

/// SplitMix64, seeded with the customer's number, so that each can be made alone.
class Draw {
public:
    explicit Draw(std::int64_t id) : state_(static_cast<std::uint64_t>(id) * 0x9E3779B97F4A7C15U) {}

    std::uint64_t below(std::uint64_t bound) {
        state_ += 0x9E3779B97F4A7C15U;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
        z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
        return (z ^ (z >> 31U)) % bound;
    }
    template <class List>
    const auto& pick(const List& list) {
        return list[below(list.size())];
    }

private:
    std::uint64_t state_;
};

std::string digits(std::uint64_t number, std::size_t count) {
    std::string text = std::to_string(number);
    if (text.size() < count) text.insert(0, count - text.size(), '0');
    return text;
}

constexpr std::array<std::string_view, 12> kGiven{
    "Ann",
    "Bjørn",
    "Chloé",
    "Daan",
    "Elżbieta",
    "Filip",
    "Gaël",
    "Hanna",
    "Íñigo",
    "Jürgen",
    "Lucía",
    "Zoë"};
constexpr std::array<std::string_view, 12> kFamily{
    "Peeters",
    "Müller",
    "Lefèvre",
    "Novák",
    "García",
    "O'Brien",
    "Wiśniewski",
    "Jansen",
    "Rossi",
    "Hansen",
    "van den Berg",
    "Weiß"};
constexpr std::array<std::string_view, 8> kStreets{
    "Stationsstraat",
    "Hauptstraße",
    "Rue de l'Église",
    "Calle Mayor",
    "Via Roma",
    "ulica Długa",
    "Kerkplein",
    "Storgatan"};

struct Place {
    std::string_view city, country, language, trunk, mobile;
    std::size_t digits;         ///< of a number after `trunk`
    std::size_t mobile_digits;  ///< after `mobile`
};
/// Numbers as people there write them, and long enough to be real ones.
constexpr std::array<Place, 4> kPlaces{
    Place{"Brussel", "BE", "nl", "+32 2 ", "+32 470 ", 7, 6},
    Place{"Wien", "AT", "de", "+43 1 ", "+43 664 ", 7, 7},
    Place{"Paris", "FR", "fr", "+33 1 4", "+33 6 1", 7, 7},
    Place{"København", "DK", "da", "+45 33 ", "+45 20 ", 6, 6}};

std::string vat_number(std::string_view country, std::int64_t id) {
    const auto number = static_cast<std::uint64_t>(id);
    if (country == "BE") return "BE0" + digits(100'000'000 + number, 9);
    if (country == "AT") return "ATU" + digits(10'000'000 + number, 8);
    if (country == "FR")
        return "FR" + digits(10 + number % 90, 2) + digits(300'000'000 + number, 9);
    return "DK" + digits(10'000'000 + number, 8);
}

}  // namespace

Customer customer(std::int64_t id) {
    Draw draw(id);
    Customer made;
    made.id = id;
    auto& values = made.values;
    const Place& place = draw.pick(kPlaces);
    const std::string number = std::to_string(id);
    values[GivenName] = draw.pick(kGiven);
    values[FamilyName] = draw.pick(kFamily);
    values[Company] = values[FamilyName] + " & " + std::string(draw.pick(kFamily)) + " " + number;
    values[Street] = draw.pick(kStreets);
    values[HouseNumber] = std::to_string(1 + draw.below(250));
    values[Postcode] = digits(1'000 + draw.below(9'000), 4);
    values[City] = place.city;
    values[Country] = place.country;
    const auto least = [](std::size_t count) {
        std::uint64_t power = 1;
        for (std::size_t i = 1; i < count; ++i)
            power *= 10;
        return power;
    };
    const auto subscriber = [&](std::size_t count) {
        return digits(2 * least(count) + draw.below(7 * least(count)), count);
    };
    values[Phone] = std::string(place.trunk) + subscriber(place.digits);
    values[Mobile] = std::string(place.mobile) + subscriber(place.mobile_digits);
    values[Email] = "info" + number + "@customer" + std::to_string(draw.below(500)) + ".example";
    values[VatId] = vat_number(place.country, id);
    values[Language] = place.language;
    values[Iban] = std::string(place.country) + digits(10 + draw.below(89), 2) +
                   digits(draw.below(10'000'000'000'000'000U), 16);
    values[Note] = "customer since " + std::to_string(1990 + draw.below(35)) + "; " +
                   std::string(10 + draw.below(50), 'x');
    return made;
}

std::string other_phone(std::int64_t number) {
    return "+32 9 " + digits(2'000'000 + static_cast<std::uint64_t>(number) % 7'000'000, 7);
}

std::string to_json_line(const Customer& customer) {
    codec::Json json{{"id", customer.id}};
    for (std::size_t i = 0; i < kColumns; ++i)
        json[kColumnNames[i]] = customer.values[i];
    return codec::to_line(json);
}

}  // namespace syncline::bench
