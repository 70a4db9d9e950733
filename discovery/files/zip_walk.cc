#include "discovery/files/zip_walk.h"

#include <algorithm>
#include <cstring>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

constexpr std::size_t kLocalRest = 26;  // bytes behind the signature
constexpr std::size_t kCentralRest = 42;
constexpr std::size_t kLongestName = 512;  // looked at
constexpr std::size_t kLongestExtra = 2048;
constexpr std::size_t kLongestMimeType = 128;
constexpr std::size_t kLongestDescriptor = 24;
constexpr std::size_t kSearchedAtOnce = 4096;

constexpr std::uint32_t kLocal = 0x04034b50, kCentral = 0x02014b50, kEnd = 0x06054b50,
                        kEnd64 = 0x06064b50, kLocator64 = 0x07064b50, kDescriptor = 0x08074b50,
                        kArchiveExtra = 0x08064b50, kSpanned = 0x30304b50;

std::uint64_t number(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t out = 0;
  for (std::size_t i = size; i > 0; --i)
    out = out << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
  return out;
}

}  // namespace

// Whether held_ has grown to `size` bytes.
bool ZipWalk::collect(std::string_view& bytes, std::size_t size) {
  const std::size_t taken = std::min(size - held_.size(), bytes.size());
  held_ += bytes.substr(0, taken);
  bytes.remove_prefix(taken);
  return held_.size() == size;
}

void ZipWalk::feed(std::string_view bytes) {
  // A record may end where the piece does: what follows it without bytes of its own is read then.
  bool more = true;
  while (more && state_ != State::end) {
    more = !bytes.empty();
    switch (state_) {
      case State::signature:
        if (!collect(bytes, 4)) return;
        read_signature();
        break;
      case State::local:
        if (!collect(bytes, kLocalRest)) return;
        read_local();
        more = true;
        break;
      case State::central:
        if (!collect(bytes, kCentralRest)) return;
        read_central();
        more = true;
        break;
      case State::name:
        if (!collect(bytes, std::min(name_size_, kLongestName))) return;
        read_name();
        more = true;
        break;
      case State::extra:
        if (!collect(bytes, std::min(extra_size_, kLongestExtra))) return;
        read_extra();
        more = true;
        break;
      case State::skip: {
        const std::size_t taken =
            static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
        if (of_mime_type_ && then_ == State::signature) {
          mime_type_ += bytes.substr(0, std::min(taken, kLongestMimeType - mime_type_.size()));
        }
        bytes.remove_prefix(taken);
        left_ -= taken;
        if (left_ > 0) return;
        of_mime_type_ = false;
        state_ = then_;
        more = true;
        break;
      }
      case State::descriptor:
        look_for_descriptor(bytes);
        break;
      case State::search:
        look_for_central(bytes);
        break;
      case State::end:
        break;
    }
  }
}

void ZipWalk::skip(std::uint64_t bytes, State then) {
  held_.clear();
  left_ = bytes;
  then_ = then;
  state_ = State::skip;
}

void ZipWalk::read_signature() {
  const auto signature = static_cast<std::uint32_t>(number(held_, 0, 4));
  held_.clear();
  switch (signature) {
    case kLocal:
      state_ = State::local;
      in_central_ = false;
      return;
    case kCentral:
      state_ = State::central;
      in_central_ = true;
      return;
    case kEnd:
    case kEnd64:
    case kLocator64:
      complete_ = true;
      state_ = State::end;
      return;
    case kArchiveExtra:  // Stands before a central directory that is encrypted.
      encrypted_ = true;
      state_ = State::end;
      return;
    case kDescriptor:
      return skip(12, State::signature);
    case kSpanned:
      return;
    default:  // What a signer put between the entries and the directory, or padding.
      held_.clear();
      state_ = State::search;
  }
}

void ZipWalk::read_local() {
  const auto flags = number(held_, 2, 2);
  const auto method = number(held_, 4, 2);
  packed_ = number(held_, 14, 4);
  name_size_ = number(held_, 22, 2);
  extra_size_ = number(held_, 24, 2);
  stored_ = method == 0;
  streamed_ = (flags & 0x8) != 0 && packed_ == 0;
  if ((flags & 0x2041) != 0 || method == 99) encrypted_ = true;
  ++entries_;
  held_.clear();
  state_ = State::name;
}

void ZipWalk::read_central() {
  const auto flags = number(held_, 4, 2);
  const auto method = number(held_, 6, 2);
  name_size_ = number(held_, 24, 2);
  extra_size_ = number(held_, 26, 2);
  packed_ = number(held_, 28, 2);  // Of the comment, which is all that follows.
  streamed_ = false;
  if ((flags & 0x2041) != 0 || method == 99) encrypted_ = true;
  held_.clear();
  state_ = State::name;
}

void ZipWalk::read_name() {
  note(held_);
  const std::size_t unread = name_size_ - held_.size();
  if (unread > 0) return skip(unread, State::extra);
  held_.clear();
  state_ = State::extra;
}

// ZIP64 keeps the length here (APPNOTE 4.5.3).
void ZipWalk::read_extra() {
  std::string_view rest = held_;
  while (rest.size() >= 4) {
    const std::size_t id = number(rest, 0, 2);
    const std::size_t size = std::min<std::size_t>(number(rest, 2, 2), rest.size() - 4);
    if (id == 0x9901) encrypted_ = true;  // AES of WinZip
    if (id == 0x0001 && !in_central_ && packed_ == 0xffffffff && size >= 16) {
      packed_ = number(rest, 12, 8);
      if (packed_ == 0) streamed_ = true;
    }
    rest.remove_prefix(4 + size);
  }
  const std::size_t unread = extra_size_ - held_.size();
  held_.clear();
  if (streamed_) {
    searched_ = 0;
    if (unread > 0) return skip(unread, State::descriptor);
    state_ = State::descriptor;
    return;
  }
  of_mime_type_ = of_mime_type_ && stored_ && !in_central_ && unread == 0;
  skip(unread + packed_, State::signature);
}

// [signature] crc-32, packed and unpacked size of 4 or 8 bytes each (APPNOTE 4.3.9), before `at` in
// held_, where a header begins. The size it names must be that of the data before it.
bool ZipWalk::descriptor_fits(std::size_t at) const {
  const std::string_view all = held_;
  const std::uint64_t before = searched_ - (held_.size() - at);  // bytes of data and descriptor
  for (const std::size_t width : {4, 8}) {
    for (const std::size_t signature : {4, 0}) {
      const std::size_t size = signature + 4 + 2 * width;
      if (size > at || size > before) continue;
      if (signature == 4 && number(all, at - size, 4) != kDescriptor) continue;
      if (number(all, at - 2 * width, width) == before - size) return true;
    }
  }
  return false;
}

void ZipWalk::look_for_descriptor(std::string_view& bytes) {
  const std::size_t looked = held_.size();
  const std::string_view piece = bytes.substr(0, kSearchedAtOnce);
  held_ += piece;
  searched_ += piece.size();
  const std::string_view all = held_;
  for (std::size_t at = looked > 3 ? looked - 3 : 0; at + 4 <= all.size(); ++at) {
    const void* const found = std::memchr(all.data() + at, 'P', all.size() - at - 3);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const char*>(found) - all.data());
    const std::uint64_t signature = number(all, at, 4);
    if (signature != kLocal && signature != kCentral && signature != kArchiveExtra) continue;
    if (!descriptor_fits(at)) continue;
    bytes.remove_prefix(at + 4 - looked);
    held_ = held_.substr(at, 4);
    read_signature();
    return;
  }
  bytes.remove_prefix(piece.size());
  const std::size_t kept = kLongestDescriptor + 3;
  if (held_.size() > kept) held_.erase(0, held_.size() - kept);
}

void ZipWalk::look_for_central(std::string_view& bytes) {
  const std::size_t looked = held_.size();
  const std::string_view piece = bytes.substr(0, kSearchedAtOnce);
  held_ += piece;
  const std::size_t at = held_.find("PK\x01\x02");
  if (at == std::string::npos) {
    bytes.remove_prefix(piece.size());
    if (held_.size() > 3) held_.erase(0, held_.size() - 3);
    return;
  }
  bytes.remove_prefix(at + 4 - looked);
  held_ = held_.substr(at, 4);
  read_signature();
}

void ZipWalk::note(std::string_view name) {
  const auto mark = [&](Mark which) { marks_ |= which; };
  const bool first = entries_ == 1 && !in_central_;
  of_mime_type_ = first && name == "mimetype";
  if (of_mime_type_) mark(mime_type);
  if (name == "[Content_Types].xml") mark(content_types);
  if (istarts_with(name, "word/")) mark(word);
  if (istarts_with(name, "xl/")) mark(excel);
  if (istarts_with(name, "ppt/")) mark(powerpoint);
  if (istarts_with(name, "visio/")) mark(visio);
  const std::string small = lower(name.substr(0, 128));
  if (small.ends_with("/vbaproject.bin")) mark(vba);
  if (small == "xl/workbook.bin") mark(binary_workbook);
  if (small.ends_with(".fdseq")) mark(fixed_pages);
  if (name == "META-INF/MANIFEST.MF") mark(java);
  if (name == "AndroidManifest.xml") mark(android);
  if (name.starts_with("Payload/") && name.find(".app/") != name.npos) mark(ios);
  if (name == "AppxManifest.xml" || name == "AppxMetadata/AppxBundleManifest.xml") mark(appx);
  if (small.ends_with(".nuspec") && name.find('/') == name.npos) mark(nuspec);
  if (small.ends_with(".dist-info/wheel")) mark(wheel);
  if (name == "Index/Document.iwa" || name == "Index.zip") mark(iwork);
  if (name.starts_with("Basic/")) mark(basic);
}

const FileKind& ZipWalk::kind() const {
  const auto kind = [](std::string_view type) -> const FileKind& {
    const FileKind* const found = find_file_kind(type);
    return found == nullptr ? unknown_file_kind() : *found;
  };
  if (has(Mark::mime_type)) {  // OpenDocument 1.3 part 2 section 3.3, and EPUB
    std::string_view type = mime_type_;
    for (const std::string_view variant : {"-template", "-master"}) {
      if (type.ends_with(variant)) type.remove_suffix(variant.size());
    }
    const FileKind* const found = find_file_kind(type);
    if (found != nullptr && found != &unknown_file_kind()) return *found;
  }
  if (has(content_types)) {
    if (has(word)) {
      return kind(has(vba)
                      ? "application/vnd.ms-word.document.macroenabled.12"
                      : "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
    }
    if (has(excel)) {
      if (has(binary_workbook)) {
        return kind("application/vnd.ms-excel.sheet.binary.macroenabled.12");
      }
      return kind(has(vba) ? "application/vnd.ms-excel.sheet.macroenabled.12"
                           : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    }
    if (has(powerpoint)) {
      return kind(
          has(vba) ? "application/vnd.ms-powerpoint.presentation.macroenabled.12"
                   : "application/vnd.openxmlformats-officedocument.presentationml.presentation");
    }
    if (has(visio)) return kind("application/vnd.ms-visio.drawing");
    if (has(fixed_pages)) return kind("application/vnd.ms-xpsdocument");
    if (has(nuspec)) return kind("application/vnd.nuget.package");
  }
  if (has(android)) return kind("application/vnd.android.package-archive");
  if (has(appx)) return kind("application/vnd.ms-appx");
  if (has(ios)) return kind("application/x-ios-app");
  if (has(iwork)) return kind("application/vnd.apple.iwork");
  if (has(wheel)) return kind("application/x-wheel+zip");
  if (has(java)) return kind("application/java-archive");
  return kind("application/zip");
}

}  // namespace sallyport::discovery
