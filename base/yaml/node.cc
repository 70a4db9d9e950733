#include "base/yaml/node.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace sallyport::yaml {
namespace {

// The file's text, or the errno that says why not.
std::expected<std::string, int> read_file(const std::string& path, std::size_t most) {
  // O_NONBLOCK: opening a pipe that nobody writes must not hang the start.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return std::unexpected(errno);
  struct stat status {};
  int failure = ::fstat(file, &status) == 0 ? 0 : errno;
  if (failure == 0 && S_ISDIR(status.st_mode)) failure = EISDIR;
  if (failure == 0 && !S_ISREG(status.st_mode)) failure = EINVAL;

  std::string text;
  char block[64 * 1024];
  while (failure == 0 && text.size() <= most) {
    // One byte over the limit is enough for its reader to see that the text is too long.
    const ssize_t got = ::read(file, block, std::min(sizeof block, most + 1 - text.size()));
    if (got == 0) break;
    if (got > 0) text.append(block, static_cast<std::size_t>(got));
    if (got < 0 && errno != EINTR) failure = errno;
  }
  ::close(file);
  if (failure != 0) return std::unexpected(failure);
  return text;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.first.value == key) return &entry.second;
  }
  return nullptr;
}

std::string_view to_string(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::scalar:
      return "a value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a mapping";
  }
  return "nothing";
}

Checked<SourcePtr> read_source(const std::string& path, std::string shown_name, std::size_t most) {
  if (shown_name.empty()) shown_name = path;
  auto text = read_file(path, most);
  if (!text) {
    Diagnostics diagnostics;
    const auto source = std::make_shared<const Source>(Source{std::move(shown_name), {}});
    const std::string reason = text.error() == EINVAL
                                   ? std::string("not a regular file")
                                   : std::generic_category().message(text.error());
    diagnostics.error({source}, "the file cannot be read: " + reason);
    return std::unexpected(std::move(diagnostics));
  }
  return std::make_shared<const Source>(Source{std::move(shown_name), std::move(*text)});
}

Checked<Node> parse_file(const std::string& path, std::string shown_name) {
  Checked<SourcePtr> source = read_source(path, std::move(shown_name));
  if (!source) return std::unexpected(std::move(source.error()));
  return parse(std::move(*source));
}

}  // namespace sallyport::yaml
