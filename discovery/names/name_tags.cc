#include "discovery/names/name_tags.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/core/text.h"
#include "base/yaml/node.h"
#include "base/yaml/reader.h"
#include "discovery/names/plain_words.h"

namespace sallyport::discovery {
namespace {

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
  });
}

// What is looked for in plain_words(): the blank at an end is that of a whole word. "" where no
// letter is left, or a star is not at an end.
std::string phrase_of(std::string_view written) {
  const bool any_before = written.starts_with('*');
  const bool any_behind = written.ends_with('*') && written.size() > 1;
  if (any_before) written.remove_prefix(1);
  if (any_behind) written.remove_suffix(1);
  if (written.find('*') != written.npos) return {};
  // In small letters: inner capitals of a list say nothing.
  std::string phrase = plain_words(written, InnerCapitals::stay);
  if (phrase.empty()) return {};
  if (any_before) phrase.erase(0, 1);
  if (any_behind) phrase.pop_back();
  return phrase;
}

}  // namespace

std::vector<std::string> NameTags::find(std::string_view name, std::string_view extension) const {
  if (tags_.empty()) return {};
  const std::string words = plain_words(name, InnerCapitals::stay);
  PhraseIndex::Marks marks = phrases_.find(words);
  const std::string parted = plain_words(name, InnerCapitals::part);
  if (parted != words) marks |= phrases_.find(parted);
  if (const auto found = extensions_.find(extension); found != extensions_.end()) {
    marks |= found->second;
  }
  std::vector<std::string> found;
  for (std::size_t i = 0; i < tags_.size(); ++i) {
    if ((marks >> i & 1) != 0) found.push_back(tags_[i]);
  }
  return found;
}

void tell_name_tags(const NameTags& tags, policy::FileFacts& file) {
  if (file.name.empty()) {
    file.name_tags.reset();
  } else {
    file.name_tags = tags.find(file.name, file.extension);
  }
}

class NameTagsReader {
 public:
  static Checked<std::shared_ptr<const NameTags>> read(const yaml::Node& node) {
    NameTagsReader reader;
    if (node.kind == yaml::Node::Kind::list) {
      // Marks are numbered by the sorted tags, so these are gathered first.
      for (const yaml::Node& entry : node.items) {
        const yaml::Node* tag = entry.find("tag");
        if (tag != nullptr && is_tag(tag->text)) reader.tags_.insert(tag->text);
      }
      if (reader.tags_.size() > NameTags::kMostTags) {
        reader.found_.error(node.place, fmt::format("more than {} tags", NameTags::kMostTags));
      } else {
        for (const yaml::Node& entry : node.items) reader.read_entry(entry);
      }
    } else if (node.kind != yaml::Node::Kind::null) {
      reader.found_.error(node.place,
                          fmt::format("file names must be a list, not {}", to_string(node.kind)),
                          "such as - {tag: payroll, names: [salary]}");
    }
    if (reader.found_.has_errors()) return std::unexpected(std::move(reader.found_));
    reader.phrases_.finish();
    auto made = std::shared_ptr<NameTags>(new NameTags(std::move(reader.phrases_)));
    made->tags_.assign(reader.tags_.begin(), reader.tags_.end());
    made->extensions_ = std::move(reader.extensions_);
    made->size_ = reader.size_;
    return made;
  }

 private:
  void read_entry(const yaml::Node& entry) {
    yaml::MapReader map(entry, found_, "entry");
    const Spanned<std::string> tag = map.required_text("tag");
    const auto names = map.texts("names");
    const auto extensions = map.texts("extensions");
    (void)map.text("note");
    map.finish();
    if (!is_tag(*tag)) {
      if (!tag->empty()) {
        found_.error(tag.place, fmt::format("'{}' is no tag", printable(*tag)),
                     "a tag is made of a-z, 0-9 and _");
      }
      return;
    }
    if (names.empty() && extensions.empty()) {
      found_.error(entry.place, fmt::format("'{}' has no 'names' and no 'extensions'", *tag));
    }
    const auto mark = PhraseIndex::Marks{1} << std::distance(tags_.begin(), tags_.find(*tag));
    for (const auto& name : names) add_name(name, mark);
    for (const auto& extension : extensions) add_extension(extension, mark);
  }

  bool has_room(const Spanned<std::string>& written) {
    if (written->size() > NameTags::kMostPhraseBytes) {
      found_.error(written.place, fmt::format("more than {} bytes", NameTags::kMostPhraseBytes));
      return false;
    }
    if (++size_ <= NameTags::kMostPhrases) return true;
    if (size_ == NameTags::kMostPhrases + 1) {
      found_.error(written.place,
                   fmt::format("more than {} names and extensions", NameTags::kMostPhrases));
    }
    return false;
  }

  void add_name(const Spanned<std::string>& written, PhraseIndex::Marks mark) {
    if (!has_room(written)) return;
    const std::string phrase = phrase_of(*written);
    // Of one letter, or of two inside of words, nearly every name would be.
    const auto letters = phrase.size() - static_cast<std::size_t>(std::ranges::count(phrase, ' '));
    if (letters < 2 || (letters < 3 && written->find('*') != written->npos)) {
      found_.error(written.place, fmt::format("'{}' is no name to look for", printable(*written)),
                   "words of two letters or more, three with a star; stars stand at the ends");
      return;
    }
    phrases_.add(phrase, mark);
  }

  void add_extension(const Spanned<std::string>& written, PhraseIndex::Marks mark) {
    if (!has_room(written)) return;
    const std::string extension = lower(*written);
    if (extension.empty() || extension.find_first_of("./* ") != extension.npos) {
      found_.error(written.place, fmt::format("'{}' is no extension", printable(*written)),
                   "what stands behind a name's last dot: pem");
      return;
    }
    extensions_[extension] |= mark;
  }

  Diagnostics found_;
  std::set<std::string, std::less<>> tags_;
  PhraseIndex phrases_;
  std::map<std::string, PhraseIndex::Marks, std::less<>> extensions_;
  std::size_t size_ = 0;
};

Checked<std::shared_ptr<const NameTags>> load_name_tags(const std::string& path) {
  const auto parsed = yaml::parse_file(path);
  if (!parsed) return std::unexpected(parsed.error());
  return NameTagsReader::read(*parsed);
}

Checked<std::shared_ptr<const NameTags>> parse_name_tags(SourcePtr source) {
  const auto parsed = yaml::parse(std::move(source));
  if (!parsed) return std::unexpected(parsed.error());
  return NameTagsReader::read(*parsed);
}

}  // namespace sallyport::discovery
