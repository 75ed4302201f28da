#pragma once

#include "folder.hpp"
#include "sftp_connection.hpp"

#include <memory>
#include <string>

namespace files {

/// A folder on a server, reached anew for every use: nothing is held while nobody uses it.
std::unique_ptr<Folder> sftp_folder(const SftpSettings& settings, std::string path);

}  // namespace files
