#pragma once

#include <sys/types.h>

namespace syncline::bench {

/// User and system time in seconds of one process so far, with that of its children that ended and
/// were waited for; 0 when there is no such process.
double cpu_of_process(pid_t process);
/// The same with all processes that descend from it and run now.
double cpu_of_tree(pid_t root);
/// The process that started this one; 0 when there is no such process.
pid_t parent_of(pid_t process);

}  // namespace syncline::bench
