#include "bench/process_cpu.hpp"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

namespace syncline::bench {
namespace {

namespace fs = std::filesystem;

/// Fields of /proc/PID/stat after the program's name, which may hold anything; none when it ended.
std::vector<std::string> stat_of(const std::string& process) {
    std::ifstream in("/proc/" + process + "/stat", std::ios::binary);
    std::string text;
    std::getline(in, text, '\0');  // all of it; fails when the process ends meanwhile
    std::vector<std::string> fields;
    const auto end = text.rfind(')');
    if (end == std::string::npos) return fields;
    std::istringstream rest(text.substr(end + 1));
    for (std::string field; rest >> field;)
        fields.push_back(field);
    return fields;
}

constexpr std::size_t kParent = 1;
constexpr std::size_t kUserTime = 11;  ///< then: system, and both of the children waited for

double cpu_of(const std::vector<std::string>& stat) {
    if (stat.size() < kUserTime + 4) return 0;
    double ticks = 0;
    for (std::size_t i = kUserTime; i < kUserTime + 4; ++i)
        ticks += std::stod(stat[i]);
    return ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

pid_t parent_in(const std::vector<std::string>& stat) {
    return stat.size() > kParent ? static_cast<pid_t>(std::stol(stat[kParent])) : 0;
}

}  // namespace

double cpu_of_process(pid_t process) {
    return cpu_of(stat_of(std::to_string(process)));
}

double cpu_of_tree(pid_t root) {
    struct Seen {
        pid_t parent;
        double cpu;
    };
    std::map<pid_t, Seen> all;
    for (const auto& entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto stat = stat_of(name);
        all[static_cast<pid_t>(std::stol(name))] = {parent_in(stat), cpu_of(stat)};
    }
    double seconds = 0;
    for (const auto& [process, seen] : all) {
        pid_t up = process;
        while (up != root && all.contains(up))
            up = all[up].parent;
        if (up == root) seconds += seen.cpu;
    }
    return seconds;
}

pid_t parent_of(pid_t process) {
    return parent_in(stat_of(std::to_string(process)));
}

}  // namespace syncline::bench
