# What `cmake --install` puts where, and what is in the Debian packages (./dev package).
# The program finds its connectors and the demo from where it lies itself, so they keep the places that
# they have in a build folder, below lib/syncline.
set(home lib/syncline)
get_property(connectors GLOBAL PROPERTY SYNCLINE_CONNECTORS)
install(TARGETS syncline syncline-connector-host RUNTIME DESTINATION ${home}/bin COMPONENT hub)
install(TARGETS ${connectors} LIBRARY DESTINATION ${home}/lib/connectors COMPONENT hub)
foreach(connector ${connectors})
    string(REPLACE "connector_" "" name ${connector})
    install(FILES ${CMAKE_BINARY_DIR}/lib/connectors/${name}.json
        DESTINATION ${home}/lib/connectors COMPONENT hub)
endforeach()
install(DIRECTORY config/demo DESTINATION ${home}/share/syncline/config COMPONENT hub)
install(FILES schemas/hub.schema.json schemas/system.schema.json schemas/customer.json
    DESTINATION share/syncline/schemas COMPONENT hub)
install(FILES LICENSE DESTINATION share/doc/syncline RENAME copyright COMPONENT hub)
install(CODE "
    set(bin \"\${CMAKE_INSTALL_PREFIX}/bin\")
    file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${bin}\")
    file(CREATE_LINK ../${home}/bin/syncline \"\$ENV{DESTDIR}\${bin}/syncline\" SYMBOLIC)
    configure_file(\"${CMAKE_SOURCE_DIR}/config/package/syncline@.service\"
        \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/lib/systemd/system/syncline@.service\" @ONLY)
    " COMPONENT hub)

install(DIRECTORY sdk/include sdk/cmake DESTINATION ${home}/sdk COMPONENT sdk)
install(CODE "
    set(include \"\${CMAKE_INSTALL_PREFIX}/include\")
    file(MAKE_DIRECTORY \"\$ENV{DESTDIR}\${include}\")
    file(CREATE_LINK ../${home}/sdk/include/syncline \"\$ENV{DESTDIR}\${include}/syncline\" SYMBOLIC)
    " COMPONENT sdk)
install(FILES LICENSE DESTINATION share/doc/syncline-dev RENAME copyright COMPONENT sdk)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "Syncline maintainers <maintainers@syncline.example>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL hub sdk)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_HUB_DESCRIPTION "Keeps a record of every customer in sync between systems
 Syncline is a hub that synchronises customers in both directions with accounting,
 ERP, helpdesk and supplier systems, through connectors.")
set(CPACK_COMPONENT_SDK_DESCRIPTION "Headers for writing Syncline connectors
 The connector interface of the Syncline hub, for C and C++, and its CMake function.")
set(CPACK_DEBIAN_HUB_PACKAGE_NAME syncline)
set(CPACK_DEBIAN_HUB_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_HUB_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_HUB_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/config/package/postinst;${CMAKE_SOURCE_DIR}/config/package/prerm;${CMAKE_SOURCE_DIR}/config/package/postrm)
set(CPACK_DEBIAN_HUB_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_SDK_PACKAGE_NAME syncline-dev)
set(CPACK_DEBIAN_SDK_PACKAGE_SECTION libdevel)
include(CPack)
