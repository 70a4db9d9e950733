#pragma once
// What the pages say, in the languages that there are files for (conf/pages/<tag>.yaml), and which
// of them a browser asks for.
//
//   const Language& words = languages.choose(request.headers.joined("Accept-Language"));
//   page.text(words.say("coach.heading", names));
//
// INVARIANT: a text is text. What stands in a file cannot become markup, and what is filled in is
// not looked at again. A key that does not exist does not compile.
//
// Immutable once it is loaded: from any thread.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/core/diagnostics.h"
#include "proxy/local/word_table.h"

namespace sallyport::local {

// A key of the table, found while compiling.
class Word {
 public:
  consteval Word(const char* key) : index_(index_of(key)) {}  // NOLINT: a literal becomes one
  constexpr explicit Word(std::size_t index) : index_(index) {}
  constexpr std::size_t index() const { return index_; }

 private:
  static consteval std::size_t index_of(std::string_view key) {
    for (std::size_t i = 0; i < kWordCount; ++i) {
      if (kWords[i].key == key) return i;
    }
    throw "no such key in word_table.h";
  }
  std::size_t index_;
};

// A key made while running: "certificate." and a fault's word. Nothing where there is none.
std::optional<Word> word_named(std::string_view key);

// What is filled in. Whatever is empty has words of its own ("this site").
struct Names {
  std::string_view app;
  std::string_view host;
  std::string_view user;
  std::string_view organisation;
  std::string_view gateway;
  std::string_view provider;
  std::size_t most = 0;
};

class Language {
 public:
  static constexpr std::size_t kLongestText = 2000;  // bytes

  Language();  // English as it stands in the table

  const std::string& tag() const { return tag_; }  // "de", "pt-BR"
  // The text, filled in.
  std::string say(Word word, const Names& names) const;

 private:
  friend class Languages;
  std::string tag_ = "en";
  std::array<std::string, kWordCount> texts_;
};

class Languages {
 public:
  Languages();  // English alone
  // Every <tag>.yaml of a folder. What a file leaves out is said in English, with a warning; an
  // unknown key, an unknown name in braces or a text that is too long is an error.
  static Checked<Languages> load(const std::string& folder, Diagnostics& warnings);
  static Checked<Language> read(std::string tag, SourcePtr source, Diagnostics& warnings);

  // The one that fits Accept-Language best (RFC 9110 section 12.5.4, RFC 4647 section 3.4);
  // otherwise the first choice of the gateway, set_default(), which is English at first.
  const Language& choose(std::string_view accept_language) const;
  // False where there is none of that tag.
  bool set_default(std::string_view tag);
  std::size_t size() const { return list_.size(); }

 private:
  const Language* find(std::string_view tag) const;
  std::vector<Language> list_;
  std::size_t default_ = 0;
};

}  // namespace sallyport::local
