#pragma once
// Files in what is said to be none: a text or a field that is one, and base 64 in it (in a mail in
// it, too).
//
//   HiddenFiles hidden(true);
//   hidden.begin(""); hidden.feed(piece); ... hidden.end(true);     // of each text
//   for (const PassedFile& file : hidden.found()) ...
//
// What begins like no file is told as `talk`, where digests are asked for: it is one by its digest
// alone. How a text is cut into pieces changes nothing. Memory: some Sniffers, a few hundred bytes
// for each file that is told.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/files/base64_runs.h"
#include "discovery/files/passed_file.h"

namespace sallyport::discovery {

class HiddenFiles {
 public:
  static constexpr std::size_t kMost = 200;       // that begin like files
  static constexpr std::size_t kMostTalk = 1000;  // that do not; of more none is told
  static constexpr std::size_t kShortest = 16;    // bytes: what is shorter is no file
  static constexpr std::size_t kDeepest = 2;      // base 64 in base 64

  explicit HiddenFiles(bool digests) : digests_(digests) {}

  // `type`: as it is declared.
  void begin(std::string type);
  bool open() const { return text_.has_value(); }
  void feed(std::string_view bytes);
  void end(bool whole);
  // Of what was read elsewhere. `text`: it begins like one.
  void add(PassedFile file, bool text);

  const std::vector<PassedFile>& found() const { return found_; }
  // Whether there are more that begin like files than are told.
  bool too_many() const { return too_many_; }

 private:
  // The base 64 of one text.
  class Level final : public Base64Runs::Sink {
   public:
    Level(HiddenFiles& of, std::size_t depth, Base64Runs::Mode mode = Base64Runs::Mode::strict)
        : runs(*this, mode), of_(of), depth_(depth), mode_(mode) {}
    Base64Runs runs;

   private:
    void run_begin() override;
    void run_data(std::string_view bytes) override;
    void run_end() override;

    HiddenFiles& of_;
    const std::size_t depth_;
    const Base64Runs::Mode mode_;
    std::optional<FileReading> file_;
    std::unique_ptr<Level> inside_;
  };

  void keep(PassedFile file, bool file_like);

  const bool digests_;
  std::optional<FileReading> text_;
  std::string type_;
  std::unique_ptr<Level> level_;
  std::unique_ptr<Level> loose_;  // as readers take it that skip what is no letter
  std::vector<PassedFile> found_;
  std::size_t files_ = 0;
  bool too_many_ = false;
};

}  // namespace sallyport::discovery
