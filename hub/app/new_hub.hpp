#pragma once

#include <filesystem>
#include <string>

namespace syncline::app {

/// What a person says about a hub that is to be made.
struct NewHub {
    std::string id;
    std::string country;  ///< ISO 3166-1, capitals
    std::string time_zone = "UTC";
    std::string root_key_file = "root.key";  ///< "" = a passphrase
    std::string passphrase;                  ///< RootKeySetting::passphrase
};

/// "" when `answer` can be the hub's name, or the country, or the place of the passphrase; else
/// what is wrong with it.
std::string what_is_wrong_with_id(const std::string& answer);
std::string what_is_wrong_with_country(const std::string& answer);
std::string what_is_wrong_with_passphrase(const std::string& reference);

/// A name made of a folder's: "/srv/Customer hub" -> "customer_hub".
std::string id_for(const std::filesystem::path& folder);
/// The country of the machine's locale ("de_AT.UTF-8" -> "AT"); "" when that names none.
std::string country_of_locale();
/// The machine's time zone, by its name in the database of time zones; "UTC" when it names none.
std::string time_zone_of_machine();

/// The text of hub.json: newest edit wins, records are associated by what identifies them, and
/// thresholds that a normal day does not reach.
std::string hub_file_text(const NewHub& hub);

}  // namespace syncline::app
