#include "proxy/app/memory_guard.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/io/deadline.h"
#include "base/yaml/reader.h"

// jemalloc's, where the program is linked with it (cmake/modules.cmake).
extern "C" __attribute__((weak)) int mallctl(const char* name, void* old, std::size_t* old_size,
                                             void* value, std::size_t size);

namespace sallyport::app {

namespace {

// 4096 is MALLCTL_ARENAS_ALL in every version of jemalloc since 5.0.
void give_back_memory() {
  if (mallctl != nullptr) {
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
  } else {
    ::malloc_trim(0);
  }
}

constexpr std::chrono::milliseconds kRound{1'000};
// A control group without a limit shows a number near 2^63.
constexpr std::uint64_t kNoLimit = std::uint64_t{1} << 60;

// These files have no size to ask for; what is of use stands in their first kilobytes.
std::string read_start(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  std::string text(8192, '\0');
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::string shown(std::uint64_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

}  // namespace

std::uint64_t MemoryLimit::of(std::uint64_t available) const {
  return bytes != 0 ? bytes : available / 100 * percent;
}

std::optional<MemoryLimit> parse_memory_limit(std::string_view text) {
  if (text == "none") return MemoryLimit{0, 0};
  if (text.ends_with('%')) {
    const auto percent = parse_decimal(text.substr(0, text.size() - 1));
    if (!percent || *percent == 0 || *percent > 100) return std::nullopt;
    return MemoryLimit{0, static_cast<unsigned>(*percent)};
  }
  const auto bytes = yaml::parse_bytes(text);
  // Less is no gateway: the catalog and the feeds alone need more.
  if (!bytes || *bytes < (std::uint64_t{16} << 20)) return std::nullopt;
  return MemoryLimit{*bytes, 0};
}

// proc(5), /proc/pid/statm: size resident shared ..., in pages.
std::optional<std::uint64_t> resident_of(std::string_view statm, std::uint64_t page_size) {
  const auto words = split(trim(statm), ' ');
  if (words.size() < 2) return std::nullopt;
  const auto pages = parse_decimal(words[1]);
  if (!pages || *pages > kNoLimit / page_size) return std::nullopt;
  return *pages * page_size;
}

// proc(5), /proc/meminfo: "MemTotal:       24683520 kB"
std::optional<std::uint64_t> total_of(std::string_view meminfo) {
  for (const std::string_view line : split(meminfo, '\n')) {
    if (!line.starts_with("MemTotal:")) continue;
    std::string_view rest = trim(line.substr(9));
    if (!rest.ends_with(" kB")) return std::nullopt;
    const auto kilobytes = parse_decimal(trim(rest.substr(0, rest.size() - 3)));
    if (!kilobytes || *kilobytes > kNoLimit / 1024) return std::nullopt;
    return *kilobytes * 1024;
  }
  return std::nullopt;
}

// cgroups(7), /proc/pid/cgroup: "0::/system.slice/x.service" for version 2, "4:memory:/x" for 1.
// In a container the path may be one of the machine outside; then only the root is there to read.
std::vector<std::string> limit_files_of(std::string_view proc_self_cgroup) {
  std::vector<std::string> files;
  for (const std::string_view line : split(proc_self_cgroup, '\n')) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    std::string_view path = line.substr(second + 1);
    if (!path.starts_with('/') || path.find("..") != std::string_view::npos) continue;
    const bool unified = controllers.empty() && line.starts_with("0:");
    const auto names = split(controllers, ',');
    if (!unified && std::find(names.begin(), names.end(), "memory") == names.end()) continue;
    const std::string root = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    const char* file = unified ? "/memory.max" : "/memory.limit_in_bytes";
    while (true) {
      if (path.ends_with('/')) path.remove_suffix(1);
      files.push_back(root + std::string(path) + file);
      if (path.empty()) break;
      path = path.substr(0, path.rfind('/'));
    }
  }
  return files;
}

std::uint64_t memory_resident() {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return resident_of(read_start("/proc/self/statm"), page).value_or(0);
}

std::uint64_t memory_available() {
  std::uint64_t least = total_of(read_start("/proc/meminfo")).value_or(kNoLimit);
  for (const std::string& file : limit_files_of(read_start("/proc/self/cgroup"))) {
    const auto limit = parse_decimal(trim(read_start(file.c_str())));  // "max" is none
    if (limit && *limit > 0) least = std::min(least, *limit);
  }
  return least >= kNoLimit ? 0 : least;
}

MemoryGuard::MemoryGuard(io::Worker& desk, const MemoryLimit& limit, std::function<void(bool)> tell,
                         std::function<std::uint64_t()> resident)
    : desk_(desk), watermark_(0), tell_(std::move(tell)), resident_(std::move(resident)) {
  this->limit(limit);
}

MemoryGuard::~MemoryGuard() = default;

void MemoryGuard::limit(const MemoryLimit& limit) {
  watermark_.move_to(limit.of(limit.bytes != 0 ? 0 : memory_available()));
  desk_.metrics().set(Metric::memory_limit_bytes, static_cast<std::int64_t>(watermark_.limit()));
}

void MemoryGuard::look() {
  const std::uint64_t used = resident_();
  MetricSet& metrics = desk_.metrics();
  metrics.set(Metric::memory_resident_bytes, static_cast<std::int64_t>(used));
  const bool is_short = watermark_.look(used);
  if (is_short && !was_short_) {
    metrics.add(Metric::memory_short_total);
    log::warning("memory is short: " + shown(used) + " of " + shown(watermark_.limit()) +
                 " (limits.memory); no connection is taken, and idle ones are ended");
  } else if (!is_short && was_short_) {
    log::info("memory is no longer short: " + shown(used) + " of " + shown(watermark_.limit()));
  }
  if (is_short || was_short_) tell_(is_short);
  // What was freed in small pieces stays resident otherwise, and with it the shortage.
  if (is_short) give_back_memory();
  metrics.set(Metric::memory_short, is_short ? 1 : 0);
  was_short_ = is_short;
}

Task<void> MemoryGuard::run() {
  io::Deadline next(desk_.deadlines(), [this] { wake_.notify(); });
  while (!stopped_) {
    look();
    next.set(kRound);
    co_await wake_.wait();
  }
}

void MemoryGuard::stop() {
  stopped_ = true;
  wake_.notify();
}

}  // namespace sallyport::app
