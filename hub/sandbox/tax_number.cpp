#include "sandbox/tax_number.hpp"

#include "base/assert.hpp"

#include <cstddef>
#include <cstdint>

namespace syncline::sandbox {
namespace {

unsigned digit(char c) {
    return static_cast<unsigned>(c - '0');
}

char letter(unsigned value) {
    return static_cast<char>('0' + value);
}

unsigned remainder(std::string_view digits, unsigned divisor) {
    unsigned rest = 0;
    for (const char c : digits)
        rest = (rest * 10 + digit(c)) % divisor;
    return rest;
}

std::string two_digits(unsigned value) {
    return {letter(value / 10), letter(value % 10)};
}

/// Eight digits weighed 9 to 2; the ninth is the sum modulo 11, which must not be 10.
std::string dutch_number(Dice& dice) {
    for (;;) {
        std::string number = "8" + dice.digits(7);
        unsigned sum = 0;
        for (std::size_t i = 0; i < number.size(); ++i)
            sum += digit(number[i]) * static_cast<unsigned>(9 - i);
        if (sum % 11 == 10) continue;
        number += letter(sum % 11);
        return "NL" + number + "B01";
    }
}

/// A SIREN (Luhn) behind its two key digits.
std::string french_number(Dice& dice) {
    std::string siren = "4" + dice.digits(7);
    unsigned sum = 0;
    for (std::size_t i = 0; i < siren.size(); ++i) {
        const unsigned weighed = digit(siren[i]) * (i % 2 == 1 ? 2 : 1);
        sum += weighed > 9 ? weighed - 9 : weighed;
    }
    siren += letter((10 - sum % 10) % 10);
    return "FR" + two_digits((12 + 3 * remainder(siren, 97)) % 97) + siren;
}

/// ISO 7064, MOD 11,10.
std::string german_number(Dice& dice) {
    std::string number = "2" + dice.digits(7);
    unsigned product = 10;
    for (const char c : number) {
        unsigned sum = (digit(c) + product) % 10;
        if (sum == 0) sum = 10;
        product = sum * 2 % 11;
    }
    number += letter((11 - product) % 10);
    return "DE" + number;
}

}  // namespace

std::string belgian_vat_number(std::string_view eight_digits) {
    SYNCLINE_ASSERT(eight_digits.size() == 8);
    return "BE" + std::string(eight_digits) + two_digits(97 - remainder(eight_digits, 97));
}

std::string invent_vat_number(std::string_view country, Dice& dice) {
    if (country == "BE") return belgian_vat_number("04" + dice.digits(6));
    if (country == "NL") return dutch_number(dice);
    if (country == "FR") return french_number(dice);
    SYNCLINE_ASSERT(country == "DE");
    return german_number(dice);
}

}  // namespace syncline::sandbox
