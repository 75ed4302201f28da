#pragma once

#include "sync/core/aggregate.hpp"

#include <string>

/// What a person said once: these two are not the same customer. It is kept as a case that is never
/// open, follows the records of both through merges and separations, and stands until a person
/// joins the two.
namespace syncline::sync {

/// A customer, and one of their records, with which the decision goes when customers are separated
/// (nil: none).
struct ToldApart {
    CustomerId customer;
    LinkId link;
};

/// The case that says it.
/// @pre the customers differ, and neither is nil
Case told_apart(
    const ToldApart& one, const ToldApart& other, const std::string& user, Moment moment
);

/// The case that says that the aggregate's customer is not this one; nullptr when nobody said so.
const Case* find_apart(const Aggregate& aggregate, const CustomerId& other);
bool are_apart(const Aggregate& aggregate, const CustomerId& other);

/// Says it of two customers who were one until now, with the records they were left with; once.
void tell_apart(
    Aggregate& whole, Aggregate& apart, const std::string& user, Moment moment, Effects& effects
);

/// The two of the case were made one: it says nothing any more.
void take_back_apart(Case& item, const std::string& resolution, Moment moment);

/// Some records of `whole` now belong to `apart`: what was said of their customer goes with them.
void move_apart_cases(Aggregate& whole, Aggregate& apart, Effects& effects);

}  // namespace syncline::sync
