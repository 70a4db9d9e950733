#pragma once
// What a file is, by all of its bytes, as they pass: what sniff() says of the first ones, and for
// containers what stands further behind. A document is told from the archive that it is, an
// archive that was given another name is found out, and so is what is locked or broken off.
//
//   Sniffer sniffer;
//   sniffer.feed(piece); ... sniffer.end();
//   sniffer.seen().kind->type
//
// How the file is cut into pieces changes nothing. Memory: about kMostBuffered bytes, whatever is
// fed. Time is linear.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "discovery/files/compound_file.h"
#include "discovery/files/sniff.h"
#include "discovery/files/zip_walk.h"

namespace sallyport::discovery {

class Sniffer {
 public:
  static constexpr std::size_t kMostBuffered = 48 * 1024;  // bytes

  void feed(std::string_view bytes);
  // The file ends here; more that is fed is not looked at.
  void end();

  // What is known so far. Before kSniffBytes bytes or the end nothing is.
  const Sniffed& seen() const { return seen_; }
  std::uint64_t total() const { return total_; }

 private:
  // Some bytes of the file, whose place is known before they come.
  struct Window {
    std::uint64_t at = 0;
    std::size_t size = 0;
    std::string bytes;
  };

  void begin();
  void look(std::string_view bytes);  // at everything, from the first byte on
  void look_at_pdf(std::string_view bytes);
  void settle();

  std::string first_;
  bool begun_ = false;
  bool ended_ = false;
  std::uint64_t total_ = 0;   // fed
  std::uint64_t looked_ = 0;  // of them
  Sniffed seen_;

  std::optional<ZipWalk> zip_;
  std::optional<CompoundFile> compound_;
  std::optional<Window> window_;
  std::uint64_t least_ = 0;  // bytes that the file must have, by its head
  bool pdf_ = false;
  bool pdf_end_ = false;
  std::string carried_;  // of a PDF, the last bytes
  std::string last_;     // bytes of the file
};

}  // namespace sallyport::discovery
