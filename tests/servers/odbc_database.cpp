#include "servers/odbc_database.hpp"

#include <filesystem>

namespace syncline::testing {
namespace {

/// Where Debian's package odbc-postgresql has it.
constexpr const char* kDriver = "/usr/lib/x86_64-linux-gnu/odbc/psqlodbcw.so";

}  // namespace

bool OdbcDatabase::is_installed() {
    return PostgresqlServer::is_installed() && std::filesystem::exists(kDriver);
}

Json OdbcDatabase::settings_at(int port) const {
    return {
        {"odbc",
         {{"connection",
           std::string("Driver=") + kDriver + ";Server=127.0.0.1;Port=" + std::to_string(port) +
               ";Database=erp;SSLMode=disable;pqopt={application_name=syncline};"},
          {"user", "postgres"},
          {"password", PostgresqlServer::kPassword},
          {"session", {"SET lock_timeout = 2000"}}}}};
}

}  // namespace syncline::testing
