#include "proxy/local/words.h"

#include <algorithm>
#include <filesystem>

#include "base/core/text.h"
#include "base/yaml/node.h"

namespace sallyport::local {
namespace {

constexpr std::size_t kMostLanguages = 100;
constexpr std::size_t kLargestFile = 256 * 1024;  // bytes
constexpr std::size_t kMostRanges = 32;           // of Accept-Language that are looked at

constexpr std::string_view kNames[] = {"app",     "host",     "user", "organisation",
                                       "gateway", "provider", "most"};

std::optional<std::size_t> find_word(std::string_view key) {
  for (std::size_t i = 0; i < kWordCount; ++i) {
    if (kWords[i].key == key) return i;
  }
  return std::nullopt;
}

// BCP 47 as far as it matters here: subtags of 1 to 8 letters and digits.
bool is_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > 35) return false;
  for (const std::string_view part : split(tag, '-')) {
    if (part.empty() || part.size() > 8) return false;
    if (!std::all_of(part.begin(), part.end(), [](char c) { return is_alpha(c) || is_digit(c); })) {
      return false;
    }
  }
  return true;
}

// Calls `piece(text, is_name)` for what stands outside and inside of braces; a brace without its
// partner is text.
template <class Piece>
void take_apart(std::string_view text, Piece piece) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == std::string_view::npos ? open : text.find('}', open);
    if (close == std::string_view::npos) {
      piece(text, false);
      return;
    }
    if (open > 0) piece(text.substr(0, open), false);
    piece(text.substr(open + 1, close - open - 1), true);
    text.remove_prefix(close + 1);
  }
}

// The weight of a range, in thousandths; RFC 9110 section 12.4.2. What is no weight is none.
int weight_of(std::string_view parameters) {
  for (const std::string_view parameter : split(parameters, ';')) {
    std::string_view value = trim(parameter);
    if (!istarts_with(value, "q=")) continue;
    value.remove_prefix(2);
    if (value.empty() || value.size() > 5 || (value[0] != '0' && value[0] != '1')) return 0;
    if (value[0] == '1') return 1000;
    int weight = 0;
    int unit = 100;
    for (const char c : value.substr(std::min<std::size_t>(value.size(), 2))) {
      if (!is_digit(c)) return 0;
      weight += (c - '0') * unit;
      unit /= 10;
    }
    return weight;
  }
  return 1000;
}

}  // namespace

std::optional<Word> word_named(std::string_view key) {
  const std::optional<std::size_t> found = find_word(key);
  return found ? std::optional(Word(*found)) : std::nullopt;
}

Language::Language() {
  for (std::size_t i = 0; i < kWordCount; ++i) texts_[i] = kWords[i].english;
}

std::string Language::say(Word word, const Names& names) const {
  std::string out;
  // Words of our own ("this site") may have come to stand at the beginning of a sentence.
  const auto put = [&](std::string_view value, Word instead) {
    const bool first = out.empty();
    const std::size_t at = out.size();
    out += value.empty() ? std::string_view(texts_[instead.index()]) : value;
    if (value.empty() && first && out.size() > at && out[at] >= 'a' && out[at] <= 'z') {
      out[at] = static_cast<char>(out[at] - ('a' - 'A'));
    }
  };
  take_apart(texts_[word.index()], [&](std::string_view piece, bool is_name) {
    if (!is_name) {
      out += piece;
    } else if (piece == "app") {
      put(names.app.empty() ? names.host : names.app, "app.unnamed");
    } else if (piece == "host") {
      put(names.host, "app.unnamed");
    } else if (piece == "user") {
      out += names.user;
    } else if (piece == "organisation") {
      put(names.organisation, "organisation.unnamed");
    } else if (piece == "gateway") {
      out += names.gateway;
    } else if (piece == "provider") {
      put(names.provider, "provider.unnamed");
    } else if (piece == "most") {
      out += std::to_string(names.most);
    }
  });
  return out;
}

Languages::Languages() { list_.emplace_back(); }

Checked<Language> Languages::read(std::string tag, SourcePtr source, Diagnostics& warnings) {
  const Checked<yaml::Node> document = yaml::parse(std::move(source));
  if (!document) return std::unexpected(document.error());
  Diagnostics faults;
  Language language;
  language.tag_ = std::move(tag);
  if (document->kind != yaml::Node::Kind::map) {
    faults.error(document->place, "a language is a mapping of keys to texts");
    return std::unexpected(std::move(faults));
  }
  std::vector<std::string_view> keys;
  for (const WordRow& row : kWords) keys.push_back(row.key);
  std::vector<bool> said(kWordCount, false);
  for (const auto& [key, value] : document->entries) {
    const std::optional<std::size_t> word = find_word(key.value);
    if (!word) {
      faults.error(key.place, "unknown text '" + printable(key.value) + "'",
                   did_you_mean(key.value, keys));
      continue;
    }
    said[*word] = true;
    if (value.kind != yaml::Node::Kind::scalar || value.text.empty()) {
      faults.error(value.place, "'" + key.value + "' is a text");
    } else if (value.text.size() > Language::kLongestText) {
      faults.error(value.place, "'" + key.value + "' is longer than 2000 bytes");
    } else {
      take_apart(value.text, [&](std::string_view piece, bool is_name) {
        if (!is_name || std::find(std::begin(kNames), std::end(kNames), piece) != std::end(kNames))
          return;
        faults.error(value.place, "nothing is called {" + printable(piece) + "} here",
                     did_you_mean(piece, {std::begin(kNames), std::end(kNames)}));
      });
      language.texts_[*word] = value.text;
    }
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  std::string missing;
  for (std::size_t i = 0; i < kWordCount; ++i) {
    if (!said[i]) missing += (missing.empty() ? "" : ", ") + std::string(kWords[i].key);
  }
  if (!missing.empty() && !istarts_with(language.tag_, "en")) {
    warnings.warning(document->place, "these texts are missing and said in English: " + missing);
  }
  return language;
}

Checked<Languages> Languages::load(const std::string& folder, Diagnostics& warnings) {
  Languages languages;
  Diagnostics faults;
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".yaml") files.push_back(entry->path());
  }
  if (error) {
    Place place;
    faults.error(place,
                 "cannot read the folder of pages '" + printable(folder) + "': " + error.message());
    return std::unexpected(std::move(faults));
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& path : files) {
    const std::string tag = path.stem().string();
    Checked<SourcePtr> source = yaml::read_source(path.string(), {}, kLargestFile);
    if (!source) {
      faults.append(std::move(source.error()));
      continue;
    }
    Place place;
    place.source = *source;
    if (!is_tag(tag) || files.size() > kMostLanguages) {
      faults.error(place, is_tag(tag) ? "there are more than 100 languages"
                                      : "the file's name is no language: en.yaml, de.yaml, "
                                        "pt-BR.yaml");
      continue;
    }
    Checked<Language> language = read(tag, *source, warnings);
    if (!language) {
      faults.append(std::move(language.error()));
    } else if (tag == "en") {
      languages.list_.front() = std::move(*language);
    } else {
      languages.list_.push_back(std::move(*language));
    }
  }
  if (faults.has_errors()) return std::unexpected(std::move(faults));
  return languages;
}

const Language* Languages::find(std::string_view tag) const {
  for (const Language& language : list_) {
    if (iequals(language.tag(), tag)) return &language;
  }
  return nullptr;
}

bool Languages::set_default(std::string_view tag) {
  const Language* language = find(tag);
  if (language == nullptr) return false;
  default_ = static_cast<std::size_t>(language - list_.data());
  return true;
}

const Language& Languages::choose(std::string_view accept_language) const {
  const Language* best = nullptr;
  int best_weight = 0;
  std::size_t looked_at = 0;
  for (const std::string_view range : split(accept_language, ',')) {
    if (++looked_at > kMostRanges) break;
    const std::size_t end = std::min(range.find(';'), range.size());
    std::string_view tag = trim(range.substr(0, end));
    const int weight = weight_of(range.substr(end));
    if (weight <= best_weight || !is_tag(tag)) continue;
    // RFC 4647 section 3.4: shorter and shorter, a single letter goes with what follows it.
    while (!tag.empty()) {
      if (const Language* language = find(tag)) {
        best = language;
        best_weight = weight;
        break;
      }
      tag = tag.substr(0,
                       tag.find_last_of('-') == std::string_view::npos ? 0 : tag.find_last_of('-'));
      if (tag.size() > 1 && tag[tag.size() - 2] == '-') tag.remove_suffix(2);
    }
  }
  return best != nullptr ? *best : list_[default_];
}

}  // namespace sallyport::local
