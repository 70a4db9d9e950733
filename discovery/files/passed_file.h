#pragma once
// One file as it passed, and the reading of one.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto/sha256.h"
#include "discovery/files/sniffer.h"

namespace sallyport::discovery {

struct PassedFile {
  std::string name;  // safe (discovery/classify/file_name.h); "" where the body names none
  std::vector<std::string> other_names;  // that others may read in the same field, or beside it
  std::string type;                      // as the body declares it
  std::uint64_t size = 0;
  Sniffed seen;
  std::string sha256;  // hex; "" where it was not asked for, or the file broke off
  bool whole = false;
  bool looked_at = false;  // false: `seen` says nothing
  bool talk = false;       // nothing of it begins like a file: it is one by its digest alone
};

// Bytes of which nobody has said that they are a file: `seen` of all of them, `text` of how they
// begin.
bool begins_like_file(const Sniffed& seen, bool text);

// What a file's bytes tell, as they pass. Memory: that of a Sniffer.
class FileReading {
 public:
  // `twice`: whether it is an archive behind something else is looked for, see zip_behind().
  explicit FileReading(bool digests, bool twice = false);

  void feed(std::string_view bytes);
  // Tells size, kind and digest.
  void end(bool whole, PassedFile& file);
  // What is known of its kind before it has ended.
  const Sniffed& seen() const { return sniffer_->seen(); }
  std::uint64_t size() const { return size_; }
  // Whether the bytes that it begins with may be a text.
  bool text() const { return text_; }
  // The first bytes, 64 of them at most.
  std::string_view begins() const { return begins_; }
  // Readers of ZIP begin at a file's end: whether they find an archive, though the file begins as
  // something else. Once it has ended.
  bool zip_behind() const { return zip_behind_; }

 private:
  std::unique_ptr<Sniffer> sniffer_;
  std::optional<Sha256> hash_;
  std::uint64_t size_ = 0;
  bool text_ = true;
  bool twice_ = false;
  bool zip_behind_ = false;
  std::string begins_, last_;  // bytes
};

}  // namespace sallyport::discovery
