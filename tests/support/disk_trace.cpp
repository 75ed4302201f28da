#include "support/disk_trace.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

namespace syncline::testing {
namespace {

constexpr std::uint64_t kSector = 512;
using Kind = DiskEvent::Kind;

bool is_folder(const std::string& path) {
    return path.ends_with('/');
}

/// "" for what lies at the top.
std::string folder_of(const std::string& path) {
    const std::string name = is_folder(path) ? path.substr(0, path.size() - 1) : path;
    const auto slash = name.rfind('/');
    return slash == std::string::npos ? "" : name.substr(0, slash);
}

void write_piece(Bytes& onto, std::uint64_t at, ByteView piece) {
    if (onto.size() < at + piece.size()) onto.resize(at + piece.size());
    std::copy(piece.begin(), piece.end(), onto.begin() + static_cast<std::ptrdiff_t>(at));
}

void apply(Bytes& onto, const DiskEvent& event) {
    if (event.kind == Kind::Truncate)
        onto.resize(event.at);
    else
        write_piece(onto, event.at, event.bytes);
}

/// Each sector that the write touches meets a fate of its own.
void apply_torn(Bytes& onto, const DiskEvent& event, bool with_garbage, SeededRandom& random) {
    const ByteView bytes = event.bytes;
    for (std::uint64_t done = 0; done < bytes.size();) {
        const std::uint64_t at = event.at + done;
        const std::uint64_t size = std::min(kSector - at % kSector, bytes.size() - done);
        const ByteView piece = bytes.subspan(done, size);
        if (random.one_in(2)) {
            write_piece(onto, at, piece);
        } else if (with_garbage && random.one_in(3)) {
            Bytes garbage(size);
            random.fill(garbage);
            write_piece(onto, at, garbage);
        }
        done += size;
    }
}

/// One content: what is durable, and what was done to it since.
struct Content {
    Bytes durable;
    std::vector<const DiskEvent*> since;
};

/// What a name stood for when its folder was synced, and what it was made to stand for since.
struct Name {
    std::optional<std::uint32_t> durable;
    std::vector<std::optional<std::uint32_t>> since;
};

/// Contents and names behind some events.
struct Disk {
    std::map<std::uint32_t, Content> contents;
    std::map<std::string, Name> names;

    void pass(const DiskEvent& event);
};

void Disk::pass(const DiskEvent& event) {
    switch (event.kind) {
        case Kind::Create:
            names[event.path].since.emplace_back(event.file);
            return;
        case Kind::Delete:
            names[event.path].since.emplace_back(std::nullopt);
            return;
        case Kind::MakeFolder:
            names[event.path + "/"].since.emplace_back(event.file);
            return;
        case Kind::Write:
        case Kind::Truncate:
            contents[event.file].since.push_back(&event);
            return;
        case Kind::Sync: {
            Content& content = contents[event.file];
            for (const DiskEvent* done : std::exchange(content.since, {}))
                apply(content.durable, *done);
            return;
        }
        case Kind::SyncFolder:
            for (auto& [path, name] : names) {
                if (folder_of(path) != event.path || name.since.empty()) continue;
                name.durable = name.since.back();
                name.since.clear();
            }
            return;
    }
}

}  // namespace

DiskImage read_image(const std::filesystem::path& folder) {
    DiskImage image;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const std::string path = entry.path().lexically_relative(folder).string();
        if (entry.is_directory()) {
            image[path + "/"];
            continue;
        }
        std::ifstream in(entry.path(), std::ios::binary);
        image[path] = Bytes(std::istreambuf_iterator<char>(in), {});
    }
    return image;
}

void write_image(const std::filesystem::path& folder, const DiskImage& image) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    for (const auto& [path, content] : image) {
        const std::filesystem::path file = folder / path;
        if (is_folder(path)) {
            std::filesystem::create_directories(file);
            continue;
        }
        std::filesystem::create_directories(file.parent_path());
        std::ofstream out(file, std::ios::binary);
        out.write(
            reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size())
        );
        out.close();
        std::filesystem::permissions(
            file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write
        );
    }
}

DiskTrace::DiskTrace(DiskImage begin) : begin_(std::move(begin)) {
    for (const auto& [path, content] : begin_)
        names_[path] = files_++;
}

std::uint32_t DiskTrace::open(const std::string& path, bool create) {
    const auto known = names_.find(path);
    if (known != names_.end()) return known->second;
    SYNCLINE_ASSERT(create);
    const std::uint32_t file = files_;
    add({Kind::Create, path, file, 0, {}});
    return file;
}

void DiskTrace::add(DiskEvent event) {
    if (event.kind == Kind::Create) {
        files_ = std::max(files_, event.file + 1);
        names_[event.path] = event.file;
    } else if (event.kind == Kind::MakeFolder) {
        event.file = files_++;
        names_[event.path + "/"] = event.file;
    } else if (event.kind == Kind::Delete) {
        names_.erase(event.path);
    }
    events_.push_back(std::move(event));
}

DiskImage DiskTrace::after_power_cut(std::size_t count, std::uint64_t seed) const {
    SeededRandom random(seed);
    const auto data = static_cast<Fate>(random.below(5));
    const auto names = static_cast<Fate>(random.below(3));
    return rebuild(count, data, names, random);
}

DiskImage DiskTrace::only_durable(std::size_t count) const {
    SeededRandom unused;
    return rebuild(count, Fate::AllLost, Fate::AllLost, unused);
}

DiskImage DiskTrace::rebuild(std::size_t count, Fate data, Fate names, SeededRandom& random) const {
    Disk disk;
    std::uint32_t number = 0;
    for (const auto& [path, content] : begin_) {
        disk.names[path].durable = number;
        disk.contents[number++].durable = content;
    }
    for (std::size_t i = 0; i < count; ++i)
        disk.pass(events_[i]);

    DiskImage image;
    for (auto& [path, name] : disk.names) {
        std::optional<std::uint32_t> stands_for = name.durable;
        if (!name.since.empty()) {
            const std::size_t kept = names == Fate::AllKept   ? name.since.size()
                                     : names == Fate::AllLost ? 0
                                                              : random.below(name.since.size() + 1);
            if (kept > 0) stands_for = name.since[kept - 1];
        }
        const std::string folder = folder_of(path);
        if (!stands_for || (!folder.empty() && !image.contains(folder + "/"))) continue;
        Content& content = disk.contents[*stands_for];
        Bytes& shown = image[path] = content.durable;
        for (const DiskEvent* event : content.since) {
            if (data == Fate::AllLost) break;
            const bool whole =
                data == Fate::AllKept || event->kind == Kind::Truncate || data == Fate::WholeWrites;
            if (!whole)
                apply_torn(shown, *event, data == Fate::Garbage, random);
            else if (data == Fate::AllKept || random.one_in(2))
                apply(shown, *event);
        }
    }
    return image;
}

}  // namespace syncline::testing
