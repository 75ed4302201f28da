# syncline_add_connector(sql SOURCES sql.cpp … MANIFEST manifest.json [FOLDER folder] LIBS …)
#
# Builds <name>.so that exports syncline_connector_v1 and nothing else, into `folder` or the build's
# lib/connectors. The manifest is embedded as `kManifest` (include "manifest.hpp") and copied beside the
# library, so that it can be read without running code.

function(syncline_add_connector name)
    cmake_parse_arguments(ARG "" "MANIFEST;FOLDER" "SOURCES;LIBS" ${ARGN})
    if(NOT ARG_FOLDER)
        set(ARG_FOLDER ${CMAKE_BINARY_DIR}/lib/connectors)
    endif()
    set(target connector_${name})
    set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}_generated)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ARG_MANIFEST})
    file(READ ${ARG_MANIFEST} manifest)
    file(CONFIGURE OUTPUT ${generated}/manifest.hpp @ONLY CONTENT
"#pragma once
inline constexpr char kManifest[] = R\"manifest(@manifest@)manifest\";
")
    add_library(${target} MODULE ${ARG_SOURCES})
    set_property(GLOBAL APPEND PROPERTY SYNCLINE_CONNECTORS ${target})
    target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../include ${generated})
    target_link_libraries(${target} PRIVATE ${ARG_LIBS})
    target_compile_options(${target} PRIVATE -fvisibility=hidden -fvisibility-inlines-hidden
        $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
    target_link_options(${target} PRIVATE
        -Wl,--version-script=${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../cmake/connector.map)
    if(NOT SYNCLINE_SANITIZE)  # a sanitizer's runtime is in the program that loads the library
        target_link_options(${target} PRIVATE -Wl,-z,defs)
    endif()
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name}
        LIBRARY_OUTPUT_DIRECTORY ${ARG_FOLDER})
    configure_file(${ARG_MANIFEST} ${ARG_FOLDER}/${name}.json COPYONLY)
endfunction()
