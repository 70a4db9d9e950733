#pragma once
// What the name of a file says of what is in it: credentials, payroll, a passport.
//
//   # conf/tags/file_names.yaml
//   - tag: credentials
//     names: [password, "private key", "passwort*"]   # words; * is the rest of one
//     extensions: [kdbx, pem]
//
// Words are found however they are written (plain_words.h): "private key" is in
// "Private_Key-2.txt". Without a star whole words count. `*passwort*` is found inside words.
//
// Immutable after making; share it between threads. Limits: kMostTags tags, kMostPhrases names and
// extensions of kMostPhraseBytes. A look-up is one walk over the name, two where it has inner
// capitals.

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "discovery/names/phrase_index.h"
#include "policy/activity/activity.h"

namespace sallyport::discovery {

class NameTags {
 public:
  static constexpr std::size_t kMostTags = 64;
  static constexpr std::size_t kMostPhrases = 20'000;
  static constexpr std::size_t kMostPhraseBytes = 100;

  NameTags() { phrases_.finish(); }                               // Knows none.
  const std::vector<std::string>& tags() const { return tags_; }  // sorted
  std::size_t phrases() const { return size_; }

  // Of a name and its extension, sorted.
  std::vector<std::string> find(std::string_view name, std::string_view extension) const;

 private:
  friend class NameTagsReader;
  explicit NameTags(PhraseIndex phrases) : phrases_(std::move(phrases)) {}

  std::vector<std::string> tags_;  // by the numbers of their marks
  PhraseIndex phrases_;
  std::map<std::string, PhraseIndex::Marks, std::less<>> extensions_;
  std::size_t size_ = 0;
};

Checked<std::shared_ptr<const NameTags>> load_name_tags(const std::string& path);
Checked<std::shared_ptr<const NameTags>> parse_name_tags(SourcePtr source);

// Sets name_tags of a file that has a name.
void tell_name_tags(const NameTags& tags, policy::FileFacts& file);

}  // namespace sallyport::discovery
