#include "sandbox/region.hpp"

#include <array>

namespace syncline::sandbox {
namespace {

using Words = std::string_view;

constexpr std::array<Words, 16> kFlemishTrades{
    "Bakkerij",
    "Boekhandel",
    "Bouwbedrijf",
    "Dakwerken",
    "Drukkerij",
    "Elektro",
    "Fietsen",
    "Garage",
    "Kaasmakerij",
    "Kinderopvang",
    "Meubelen",
    "Slagerij",
    "Schilderwerken",
    "Transport",
    "Tuincentrum",
    "Wijnhandel"};
constexpr std::array<Words, 18> kFlemishSurnames{
    "Aerts",
    "Claes",
    "Coppens",
    "De Backer",
    "De Smet",
    "Desmedt",
    "Goossens",
    "Hermans",
    "Lemmens",
    "Maes",
    "Mertens",
    "Pauwels",
    "Segers",
    "Van Damme",
    "Vermeulen",
    "Verhaegen",
    "Willems",
    "Wouters"};
constexpr std::array<Words, 12> kFlemishFirstNames{
    "An", "Bart", "Els", "Geert", "Hilde", "Jan", "Karel", "Lies", "Marc", "Nele", "Tom", "Veerle"};
constexpr std::array<Words, 9> kFlemishStreets{
    "Kerkstraat #",
    "Stationsstraat #",
    "Molenstraat #",
    "Nieuwstraat #",
    "Dorpsstraat #",
    "Markt #",
    "Beukenlaan #",
    "Kapellestraat #",
    "Gentsesteenweg #"};
constexpr std::array<Words, 3> kBelgianForms{"BV", "NV", "CV"};
constexpr std::array<Town, 9> kFlemishTowns{{
    {"Gent", "9000", "9"},
    {"Antwerpen", "2000", "3"},
    {"Leuven", "3000", "16"},
    {"Mechelen", "2800", "15"},
    {"Hasselt", "3500", "11"},
    {"Brugge", "8000", "50"},
    {"Kortrijk", "8500", "56"},
    {"Merelbeke", "9820", "9"},
    {"Vilvoorde", "1800", "2"},
}};

constexpr std::array<Words, 12> kWalloonTrades{
    "Boulangerie",
    "Boucherie",
    "Chaussures",
    "Fleurs",
    "Fromagerie",
    "Imprimerie",
    "Librairie",
    "Menuiserie",
    "Optique",
    "Pharmacie",
    "Toitures",
    "Traiteur"};
constexpr std::array<Words, 12> kWalloonSurnames{
    "Collard",
    "Delvaux",
    "François",
    "Gérard",
    "Hallet",
    "Lambert",
    "Leclercq",
    "Lefèvre",
    "Masson",
    "Noël",
    "Renard",
    "Thiry"};
constexpr std::array<Words, 8> kWalloonFirstNames{
    "Aurélie", "Benoît", "Chloé", "Didier", "Hélène", "Luc", "Nathalie", "Xavier"};
constexpr std::array<Words, 6> kWalloonStreets{
    "Rue de la Gare #",
    "Rue Haute #",
    "Place du Marché #",
    "Avenue des Tilleuls #",
    "Rue de l'Église #",
    "Boulevard du Nord #"};
constexpr std::array<Words, 3> kWalloonForms{"SRL", "SA", "SNC"};
constexpr std::array<Town, 6> kWalloonTowns{{
    {"Liège", "4000", "4"},
    {"Namur", "5000", "81"},
    {"Mons", "7000", "65"},
    {"Ixelles", "1050", "2"},
    {"Charleroi", "6000", "71"},
    {"Uccle", "1180", "2"},
}};

constexpr std::array<Words, 10> kDutchTrades{
    "Aannemersbedrijf",
    "Banketbakkerij",
    "Bloemisterij",
    "Fietsenmaker",
    "Groothandel",
    "Installatiebedrijf",
    "Kwekerij",
    "Scheepswerf",
    "Timmerfabriek",
    "Viswinkel"};
constexpr std::array<Words, 10> kDutchSurnames{
    "Bakker",
    "De Boer",
    "De Jong",
    "Dijkstra",
    "Hoekstra",
    "Jansen",
    "Meijer",
    "Mulder",
    "Smit",
    "Visser"};
constexpr std::array<Words, 6> kDutchFirstNames{
    "Anouk", "Daan", "Femke", "Joost", "Marieke", "Wim"};
constexpr std::array<Words, 5> kDutchStreets{
    "Dorpsweg #", "Havenkade #", "Julianalaan #", "Prinsengracht #", "Wilhelminastraat #"};
constexpr std::array<Words, 2> kDutchForms{"B.V.", "V.O.F."};
constexpr std::array<Town, 5> kDutchTowns{{
    {"Amsterdam", "1017 KV", "20"},
    {"Rotterdam", "3011 AA", "10"},
    {"Utrecht", "3511 LX", "30"},
    {"Eindhoven", "5611 EM", "40"},
    {"Den Haag", "2513 AB", "70"},
}};

constexpr std::array<Words, 8> kFrenchTrades{
    "Ateliers",
    "Charpentes",
    "Confiserie",
    "Électricité",
    "Garage",
    "Pâtisserie",
    "Quincaillerie",
    "Vignobles"};
constexpr std::array<Words, 8> kFrenchSurnames{
    "Blanchard", "Bonnet", "Chevalier", "Girard", "Guérin", "Mercier", "Moreau", "Rousseau"};
constexpr std::array<Words, 5> kFrenchFirstNames{"Amélie", "Bruno", "Céline", "Émile", "Julien"};
constexpr std::array<Words, 4> kFrenchStreets{
    "# rue de la République", "# avenue Jean Jaurès", "# rue des Lilas", "# place de la Mairie"};
constexpr std::array<Words, 3> kFrenchForms{"SARL", "SAS", "SA"};
constexpr std::array<Town, 4> kFrenchTowns{{
    {"Lille", "59000", "320"},
    {"Paris", "75011", "143"},
    {"Lyon", "69003", "478"},
    {"Strasbourg", "67000", "388"},
}};

constexpr std::array<Words, 8> kGermanTrades{
    "Autohaus",
    "Bäckerei",
    "Buchhandlung",
    "Druckerei",
    "Gärtnerei",
    "Metzgerei",
    "Spedition",
    "Tischlerei"};
constexpr std::array<Words, 8> kGermanSurnames{
    "Böhm", "Jäger", "König", "Krüger", "Müller", "Schäfer", "Vogel", "Weiß"};
constexpr std::array<Words, 5> kGermanFirstNames{"Anke", "Dieter", "Jürgen", "Sabine", "Uwe"};
constexpr std::array<Words, 4> kGermanStreets{
    "Hauptstraße #", "Bahnhofstraße #", "Gartenweg #", "Lindenallee #"};
constexpr std::array<Words, 3> kGermanForms{"GmbH", "KG", "OHG"};
constexpr std::array<Town, 4> kGermanTowns{{
    {"Aachen", "52062", "241"},
    {"Köln", "50667", "221"},
    {"Düsseldorf", "40213", "211"},
    {"Berlin", "10117", "30"},
}};

constexpr std::array<Region, 5> kRegions{{
    {"BE",
     "32",
     "47",
     7,
     8,
     44,
     kFlemishTrades,
     kFlemishSurnames,
     kFlemishFirstNames,
     kFlemishStreets,
     kBelgianForms,
     kFlemishTowns},
    {"BE",
     "32",
     "49",
     7,
     8,
     22,
     kWalloonTrades,
     kWalloonSurnames,
     kWalloonFirstNames,
     kWalloonStreets,
     kWalloonForms,
     kWalloonTowns},
    {"NL",
     "31",
     "6",
     8,
     9,
     15,
     kDutchTrades,
     kDutchSurnames,
     kDutchFirstNames,
     kDutchStreets,
     kDutchForms,
     kDutchTowns},
    {"FR",
     "33",
     "6",
     8,
     9,
     9,
     kFrenchTrades,
     kFrenchSurnames,
     kFrenchFirstNames,
     kFrenchStreets,
     kFrenchForms,
     kFrenchTowns},
    {"DE",
     "49",
     "151",
     8,
     10,
     10,
     kGermanTrades,
     kGermanSurnames,
     kGermanFirstNames,
     kGermanStreets,
     kGermanForms,
     kGermanTowns},
}};

}  // namespace

std::span<const Region> regions() {
    return kRegions;
}

}  // namespace syncline::sandbox
