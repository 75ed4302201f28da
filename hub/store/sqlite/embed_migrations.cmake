# Embeds migrations/*.sql into hub_store, so that the program carries its own schema. Included after the
# target is made; runs itself as a script (-P) at build time.
if(CMAKE_SCRIPT_MODE_FILE)
    file(GLOB files ${FOLDER}/*.sql)
    list(SORT files)
    set(entries "")
    foreach(file IN LISTS files)
        file(READ ${file} sql)
        string(APPEND entries "    R\"sql(${sql})sql\",\n")
    endforeach()
    file(WRITE ${OUTPUT} "#include \"store/sqlite/schema.hpp\"\n\n#include <array>\n\n"
        "namespace syncline::store {\n\nstd::span<const std::string_view> migrations() {\n"
        "    static constexpr auto kMigrations = std::to_array<std::string_view>({\n${entries}    });\n"
        "    return kMigrations;\n}\n\n}  // namespace syncline::store\n")
    return()
endif()

set(migrations_folder ${CMAKE_CURRENT_LIST_DIR}/migrations)
set(migrations_source ${CMAKE_BINARY_DIR}/generated/store_migrations.cpp)
file(GLOB migration_files CONFIGURE_DEPENDS ${migrations_folder}/*.sql)
add_custom_command(OUTPUT ${migrations_source}
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${migrations_folder} -DOUTPUT=${migrations_source}
        -P ${CMAKE_CURRENT_LIST_FILE}
    DEPENDS ${migration_files} ${CMAKE_CURRENT_LIST_FILE} VERBATIM)
target_sources(hub_store PRIVATE ${migrations_source})
