#include "discovery/signatures/request_pattern.h"

#include <algorithm>

#include "base/core/text.h"

namespace sallyport::discovery {
namespace {

std::string decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_name(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

bool iends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && iequals(text.substr(text.size() - end.size()), end);
}

}  // namespace

std::uint32_t folded_hash(std::string_view text) {
  std::uint32_t hash = 2166136261U;  // FNV-1a
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(to_lower(c))) * 16777619U;
  }
  return hash == 0 ? 1 : hash;
}

PathSegments::PathSegments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  if (path.empty()) return;
  segments_.reserve(8);
  const bool escaped = path.find('%') != path.npos;
  if (escaped) decoded_.reserve(path.size());  // Never moves: what is decoded is no longer.
  for (;;) {
    if (segments_.size() == kMost) {
      too_long_ = true;
      return;
    }
    const std::size_t slash = path.find('/');
    std::string_view segment = path.substr(0, slash);
    if (escaped) {
      const std::size_t from = decoded_.size();
      decoded_ += decode(segment);
      segment = std::string_view(decoded_).substr(from);
    }
    if (segments_.size() < kHashed) hashes_[segments_.size()] = folded_hash(segment);
    segments_.push_back(segment);
    if (slash == path.npos) return;
    path.remove_prefix(slash + 1);
  }
}

std::string PathSegments::rest(std::size_t first) const {
  std::string out;
  for (std::size_t i = first; i < segments_.size(); ++i) {
    if (i > first) out += '/';
    out += segments_[i];
  }
  return out;
}

std::size_t PathPattern::Segment::size() const {
  std::size_t size = 0;
  for (const std::string& text : texts) size += text.size();
  return size;
}

std::expected<PathPattern::Segment, std::string> PathPattern::parse_segment(
    std::string_view written) {
  Segment segment;
  if (written.empty()) return std::unexpected("a segment is empty");
  if (written == "*") {
    segment.kind = Kind::any;
    return segment;
  }
  bool rest = false;
  while (true) {
    const std::size_t open = written.find('{');
    segment.texts.push_back(lower(written.substr(0, open)));
    if (open == written.npos) break;
    const std::size_t close = written.find('}', open);
    if (close == written.npos) return std::unexpected("'{' is not closed");
    std::string_view name = written.substr(open + 1, close - open - 1);
    rest = name.ends_with("...");
    if (rest) name.remove_suffix(3);
    if (!is_name(name)) {
      return std::unexpected("'" + std::string(name) + "' is no name of a variable");
    }
    if (!segment.names.empty() && segment.texts.back().empty()) {
      return std::unexpected("two variables need text between them");
    }
    segment.names.emplace_back(name);
    written.remove_prefix(close + 1);
    if (rest && (segment.names.size() > 1 || segment.size() > 0 || !written.empty())) {
      return std::unexpected("{" + std::string(name) + "...} stands alone");
    }
  }
  if (segment.names.empty()) return segment;
  const bool alone = segment.names.size() == 1 && segment.size() == 0;
  segment.kind = rest ? Kind::rest : alone ? Kind::any : Kind::mixed;
  return segment;
}

std::expected<PathPattern, std::string> PathPattern::parse(std::string_view written) {
  if (!written.starts_with('/')) return std::unexpected("a path begins with '/'");
  if (written.find('?') != written.npos) {
    return std::unexpected("the query is no part of it; 'where' and 'present' ask for it");
  }
  PathPattern pattern;
  written.remove_prefix(1);
  if (written.ends_with('/')) written.remove_suffix(1);
  if (written.empty()) return pattern;
  for (const std::string_view part : split(written, '/')) {
    if (!pattern.segments_.empty() && pattern.segments_.back().kind == Kind::rest) {
      return std::unexpected("nothing can follow {" + pattern.segments_.back().names.front() +
                             "...}");
    }
    auto segment = parse_segment(part);
    if (!segment) return std::unexpected(std::move(segment.error()));
    pattern.segments_.push_back(std::move(*segment));
  }
  if (pattern.segments_.size() > PathSegments::kMost) {
    return std::unexpected("more than " + std::to_string(PathSegments::kMost) + " segments");
  }
  return pattern;
}

// Each variable takes as little as it can, but something; the last one all up to the end's text.
bool PathPattern::match_mixed(const Segment& segment, std::string_view text, Variables* bound) {
  if (!istarts_with(text, segment.texts.front())) return false;
  text.remove_prefix(segment.texts.front().size());
  for (std::size_t i = 0; i < segment.names.size(); ++i) {
    const std::string& next = segment.texts[i + 1];
    std::size_t end = text.npos;
    if (i + 1 == segment.names.size()) {
      if (text.size() <= next.size() || !iends_with(text, next)) return false;
      end = text.size() - next.size();
    } else {
      for (std::size_t at = 1; at + next.size() <= text.size() && end == text.npos; ++at) {
        if (istarts_with(text.substr(at), next)) end = at;
      }
      if (end == text.npos) return false;
    }
    if (bound != nullptr) bound->emplace_back(segment.names[i], text.substr(0, end));
    text.remove_prefix(end + next.size());
  }
  return true;
}

bool PathPattern::fits(const PathSegments& path) const {
  if (path.too_long()) return false;
  const std::vector<std::string_view>& there = path.all();
  const std::size_t fixed = this->fixed();
  if (open() ? there.size() < fixed : there.size() != fixed) return false;
  for (std::size_t i = 0; i < fixed; ++i) {
    const Segment& segment = segments_[i];
    const std::string_view text = there[i];
    const bool fits = segment.kind == Kind::text    ? iequals(text, segment.texts.front())
                      : segment.kind == Kind::mixed ? match_mixed(segment, text, nullptr)
                                                    : !text.empty();
    if (!fits) return false;
  }
  return true;
}

void PathPattern::bind(const PathSegments& path, Variables& bound) const {
  const std::size_t fixed = this->fixed();
  for (std::size_t i = 0; i < fixed; ++i) {
    const Segment& segment = segments_[i];
    if (segment.kind == Kind::mixed) {
      match_mixed(segment, path.all()[i], &bound);
    } else if (!segment.names.empty()) {
      bound.emplace_back(segment.names.front(), path.all()[i]);
    }
  }
  if (open()) bound.emplace_back(segments_.back().names.front(), path.rest(fixed));
}

std::strong_ordering PathPattern::operator<=>(const PathPattern& other) const {
  const std::size_t both = std::min(segments_.size(), other.segments_.size());
  for (std::size_t i = 0; i < both; ++i) {
    const Segment& left = segments_[i];
    const Segment& right = other.segments_[i];
    if (const auto order = left.kind <=> right.kind; order != 0) return order;
    // Of two with a variable the longer text is more exact.
    if (left.kind != Kind::mixed) continue;
    if (const auto order = right.size() <=> left.size(); order != 0) return order;
  }
  // Both fit only where the longer one ends in {rest...}, which is empty then.
  return segments_.size() <=> other.segments_.size();
}

std::uint32_t PathPattern::text_hash(std::size_t index) const {
  if (index >= segments_.size() || segments_[index].kind != Kind::text) return 0;
  return folded_hash(segments_[index].texts.front());
}

std::vector<std::string_view> PathPattern::variables() const {
  std::vector<std::string_view> names;
  for (const Segment& segment : segments_) {
    names.insert(names.end(), segment.names.begin(), segment.names.end());
  }
  return names;
}

std::expected<HostPattern, std::string> HostPattern::parse(std::string_view written) {
  HostPattern pattern;
  std::string_view rest = written;
  if (rest.starts_with("*.")) {
    pattern.kind_ = Kind::below;
    rest.remove_prefix(1);
  } else if (const std::size_t open = rest.find('{'); open != rest.npos) {
    const std::size_t close = rest.find('}');
    if (close == rest.npos) return std::unexpected("'{' is not closed");
    const std::string_view name = rest.substr(open + 1, close - open - 1);
    if (!is_name(name)) {
      return std::unexpected("'" + std::string(name) + "' is no name of a variable");
    }
    pattern.kind_ = Kind::one_label;
    pattern.before_ = lower(rest.substr(0, open));
    if (pattern.before_.find('.') != std::string::npos) {
      return std::unexpected("a variable stands in the first label");
    }
    pattern.name_ = name;
    rest.remove_prefix(close + 1);
  }
  pattern.rest_ = lower(rest);
  const bool plain = std::ranges::all_of(pattern.rest_, [](char c) {
    return is_alpha(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  });
  if (!plain || pattern.rest_.find('.') == std::string::npos) {
    return std::unexpected("'" + std::string(written) + "' is no host");
  }
  return pattern;
}

bool HostPattern::fits(std::string_view host) const {
  if (kind_ == Kind::exact) return iequals(host, rest_);
  if (host.size() <= rest_.size() + before_.size() || !iends_with(host, rest_)) return false;
  if (kind_ == Kind::below) return true;
  const std::string_view label = host.substr(0, host.size() - rest_.size());
  return label.find('.') == label.npos && istarts_with(label, before_);
}

void HostPattern::bind(std::string_view host, Variables& bound) const {
  if (kind_ != Kind::one_label) return;
  bound.emplace_back(name_,
                     host.substr(before_.size(), host.size() - rest_.size() - before_.size()));
}

}  // namespace sallyport::discovery
