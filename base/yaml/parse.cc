// From yaml-cpp's events to nodes. The event interface is used because it tells the mark of every
// scalar and key, and because limits can stop the parser while it works.

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/core/check.h"
#include "base/yaml/node.h"
#include "base/yaml/scan.h"

namespace sallyport::yaml {
namespace {

constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 200'000;
constexpr std::size_t kMaxDiagnostics = 100;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr const char* kAliasHint = "quote a text that begins with '*'";
constexpr const char* kAnchorHint = "quote a text that begins with '&'";
constexpr const char* kQuoteMessage = "a quoted text does not end";
constexpr const char* kQuoteHint = "is a closing quote missing?";
constexpr const char* kTagHint = "quote a text that begins with '!'";

// Thrown through yaml-cpp, to stop it, once the reason has been reported.
struct Stop {};

class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(SourcePtr source, Diagnostics& diagnostics)
      : source_(std::move(source)),
        text_(source_->text),
        skipped_(text_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0),
        diagnostics_(diagnostics) {
    root_.place = {source_};
  }

  // What yaml-cpp shall read, which knows byte order marks but not that columns go on after them.
  std::string input() const { return std::string(text_.substr(skipped_)); }

  // Keys without a value. Not worth telling where the syntax is wrong: a bracket that is never
  // closed makes yaml-cpp see keys everywhere.
  Diagnostics take_missing() { return std::move(missing_); }
  Node take_root() { return std::move(root_); }
  std::size_t reached() const { return reached_; }

  std::size_t offset(const YAML::Mark& mark) const {
    return std::min(text_.size(), skipped_ + static_cast<std::size_t>(std::max(mark.pos, 0)));
  }

  Place place(const YAML::Mark& mark, std::uint32_t length = 1) const {
    if (mark.is_null()) return {source_};
    return {source_, static_cast<std::uint32_t>(mark.line + 1),
            static_cast<std::uint32_t>(mark.column + 1 + (mark.line == 0 ? skipped_ : 0)), length};
  }

  void report(const Place& where, std::string message, std::string hint = {}) {
    diagnostics_.error(where, std::move(message), std::move(hint));
    if (diagnostics_.errors() < kMaxDiagnostics) return;
    diagnostics_.error({source_}, "too many errors; the rest is not shown");
    throw Stop();
  }

  // Several things may begin behind one tab.
  void report_tab(std::optional<std::size_t> tab) {
    if (!tab || tab == last_tab_) return;
    last_tab_ = tab;
    report(place_at(source_, *tab), "a tab in the indentation", "indent with spaces");
  }

  [[noreturn]] void stop(const Place& where, std::string message, std::string hint = {}) {
    diagnostics_.error(where, std::move(message), std::move(hint));
    throw Stop();
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (!documents_++) return;
    if (text_.substr(offset(mark)).starts_with("---")) {
      stop(place(mark, 3), "a second document begins here", "put it into a file of its own");
    }
    stop(place(mark), "text after the end of the document", "check the indentation");
  }
  void OnDocumentEnd() override {}
  void OnAnchor(const YAML::Mark&, const std::string&) override {}

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    report(place(mark), "aliases are not accepted", kAliasHint);
    finish(make(Node::Kind::null, mark));
  }

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check_properties(mark, "?", anchor);
    Node node = make(Node::Kind::null, mark);
    place_null(node, offset(mark));
    finish(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_properties(mark, tag, anchor);
    Node node = make(Node::Kind::scalar, mark, value);
    node.text = value;
    node.quoted = tag == "!";  // yaml-cpp's word for any style but plain.
    check_indentation(mark);
    check_quotes(mark);
    finish(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::list, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::map, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  struct Level {
    Node node;
    bool at_key = true;  // Of a map: the next node is a key.
    Spanned<std::string> key;
    std::size_t key_end = 0;                               // Offset behind it.
    std::unordered_map<std::string, std::uint32_t> lines;  // Where each key was written.
  };

  Node make(Node::Kind kind, const YAML::Mark& mark, std::string_view value = {}) {
    Node node;
    node.kind = kind;
    node.place = place(mark, written_length(text_, offset(mark), value));
    // A block begins with its first key, which is shorter than the block.
    const bool collection = kind == Node::Kind::list || kind == Node::Kind::map;
    if (collection && !is_bracket(mark)) node.place.length = 1;
    reached_ = std::max(reached_, offset(mark));
    if (++nodes_ > kMaxNodes) stop(node.place, "more than 200000 values", "split the file");
    return node;
  }

  bool is_bracket(const YAML::Mark& mark) const {
    const std::string_view rest = text_.substr(offset(mark));
    return rest.starts_with('[') || rest.starts_with('{');
  }

  void check_properties(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) report(place(mark), "anchors are not accepted", kAnchorHint);
    // "!" alone is also what yaml-cpp says of a quoted scalar, so look at what was written.
    const bool written = text_.substr(offset(mark)).starts_with('!');
    const bool known = tag.empty() || tag == "?" || tag == "!";
    if (written || !known) report(place(mark), "tags are not accepted", kTagHint);
  }

  void check_indentation(const YAML::Mark& mark) {
    report_tab(find_indenting_tab(text_, offset(mark)));
  }

  // yaml-cpp takes the end of the text for a closing quote.
  void check_quotes(const YAML::Mark& mark) {
    if (is_open_quote(text_, offset(mark))) stop(place(mark), kQuoteMessage, kQuoteHint);
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    check_properties(mark, tag, anchor);
    Node node = make(kind, mark);
    if (at_key()) {
      // yaml-cpp also takes a bracket for the beginning of a key when its partner never comes.
      const bool bracket = is_bracket(mark);
      stop(node.place, "a key must be text, not " + std::string(to_string(kind)),
           bracket ? "is a closing bracket missing?" : "");
    }
    if (levels_.size() == kMaxDepth) stop(node.place, "nested deeper than 64 levels", "write it flatter");
    check_indentation(mark);
    levels_.push_back({});
    levels_.back().node = std::move(node);
  }

  void close() {
    Node node = std::move(levels_.back().node);
    levels_.pop_back();
    finish(std::move(node));
  }

  bool at_key() const {
    return !levels_.empty() && levels_.back().node.kind == Node::Kind::map && levels_.back().at_key;
  }

  void finish(Node node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return;
    }
    Level& level = levels_.back();
    if (level.node.kind == Node::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else if (level.at_key) {
      level.at_key = false;
      take_key(level, std::move(node));
    } else {
      level.at_key = true;
      level.node.entries.emplace_back(std::move(level.key), std::move(node));
    }
  }

  void take_key(Level& level, Node node) {
    if (node.kind != Node::Kind::scalar) report(node.place, "a key must be text", "quote it");
    const auto [known, is_new] = level.lines.try_emplace(node.text, node.place.line);
    level.key = {std::move(node.text), std::move(node.place)};
    level.key_end = reached_ + level.key.place.length;
    if (is_new || node.kind != Node::Kind::scalar) return;
    report(level.key.place, "the key '" + level.key.value + "' is written twice",
           "first on line " + std::to_string(known->second));
  }

  // yaml-cpp marks a value that was left out at the token after it, which may be on another line.
  // Such a null stands where its key or its dash does.
  void place_null(Node& node, std::size_t at) {
    for (const std::string_view word : {"~", "null", "Null", "NULL"}) {
      if (!text_.substr(at).starts_with(word)) continue;
      const bool is_next_key = !levels_.empty() && levels_.back().node.kind == Node::Kind::map &&
                               !levels_.back().at_key &&
                               node.place.line > levels_.back().key.place.line &&
                               node.place.column <= levels_.back().key.place.column;
      if (is_next_key) break;
      node.place.length = static_cast<std::uint32_t>(word.size());
      return;
    }
    if (levels_.empty()) return;
    Level& level = levels_.back();
    if (level.node.kind == Node::Kind::map) {
      if (level.at_key) return;
      node.place = level.key.place;
      const std::size_t behind = text_.find_first_not_of(" \t", level.key_end);
      if (behind == std::string_view::npos || text_[behind] != ':') {
        if (missing_.errors() == kMaxDiagnostics) return;
        missing_.error(node.place, "the key '" + level.key.value + "' has no value",
                       "is a ':' missing?");
      }
      return;
    }
    const std::size_t before = text_.substr(0, at).find_last_not_of(" \t\r\n");
    node.place = before != std::string_view::npos && text_[before] == '-' ? dash_place(node, before)
                                                                          : level.node.place;
  }

  // The place of a dash shortly before a node. Counts the lines between, not those from the
  // beginning.
  Place dash_place(const Node& node, std::size_t dash) const {
    const std::size_t line_begin = text_.substr(0, dash).rfind('\n') + 1;
    const std::size_t node_at =
        std::min(text_.size(), text_.find_first_not_of(" \t\r\n", dash + 1));
    const std::string_view between = text_.substr(dash, node_at - dash);
    const auto lines = static_cast<std::uint32_t>(std::count(between.begin(), between.end(), '\n'));
    return {source_, node.place.line - std::min(lines, node.place.line - 1),
            static_cast<std::uint32_t>(1 + dash - line_begin)};
  }

  SourcePtr source_;
  std::string_view text_;
  std::size_t skipped_;
  Diagnostics& diagnostics_;
  Diagnostics missing_;
  Node root_;
  std::vector<Level> levels_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
  std::size_t reached_ = 0;  // Where the last event was.
  std::optional<std::size_t> last_tab_;
};

// yaml-cpp's words, and what they mean to the person who wrote the file.
struct Explanation {
  std::string_view theirs;
  const char* ours;
  const char* hint;
};
const Explanation kExplanations[] = {
    {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation", "indent with spaces"},
    {YAML::ErrorMsg::UNKNOWN_ANCHOR, "aliases are not accepted", kAliasHint},
    {YAML::ErrorMsg::ALIAS_NOT_FOUND, "aliases are not accepted", kAliasHint},
    {YAML::ErrorMsg::CHAR_IN_ALIAS, "aliases are not accepted", kAliasHint},
    {YAML::ErrorMsg::ALIAS_CONTENT, "aliases are not accepted", kAliasHint},
    {YAML::ErrorMsg::MULTIPLE_ALIASES, "aliases are not accepted", kAliasHint},
    {YAML::ErrorMsg::ANCHOR_NOT_FOUND, "anchors are not accepted", kAnchorHint},
    {YAML::ErrorMsg::CHAR_IN_ANCHOR, "anchors are not accepted", kAnchorHint},
    {YAML::ErrorMsg::MULTIPLE_ANCHORS, "anchors are not accepted", kAnchorHint},
    {YAML::ErrorMsg::CHAR_IN_TAG_HANDLE, "tags are not accepted", kTagHint},
    {YAML::ErrorMsg::TAG_WITH_NO_SUFFIX, "tags are not accepted", kTagHint},
    {YAML::ErrorMsg::END_OF_VERBATIM_TAG, "tags are not accepted", kTagHint},
    {YAML::ErrorMsg::MULTIPLE_TAGS, "tags are not accepted", kTagHint},
    {YAML::ErrorMsg::END_OF_MAP, "this does not belong to the mapping above",
     "check the indentation, and that every key ends with ': '"},
    {YAML::ErrorMsg::END_OF_SEQ, "this does not belong to the list above",
     "check the indentation, and that every item begins with '- '"},
    {YAML::ErrorMsg::END_OF_MAP_FLOW, "a mapping in braces does not go on like this",
     "is a ',' or '}' missing?"},
    {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a list in brackets does not go on like this",
     "is a ',' or ']' missing?"},
    {YAML::ErrorMsg::FLOW_END, "a bracket or brace that closes nothing",
     "does each '[' have its ']', and each '{' its '}'?"},
    {YAML::ErrorMsg::BLOCK_ENTRY, "a list cannot begin here", "put '- ' on a line of its own"},
    {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here", "check the indentation"},
    {YAML::ErrorMsg::MAP_VALUE, "a second ': ' in one line", "quote a text that holds ': '"},
    {YAML::ErrorMsg::EOF_IN_SCALAR, kQuoteMessage, kQuoteHint},
    {YAML::ErrorMsg::DOC_IN_SCALAR, kQuoteMessage, kQuoteHint},
    {YAML::ErrorMsg::CHAR_IN_SCALAR, "a character that text cannot hold here", "quote the text"},
    {YAML::ErrorMsg::UNKNOWN_TOKEN, "a character that no text can begin with", "quote the text"},
    {YAML::ErrorMsg::INVALID_ESCAPE, "a backslash before a character that needs none",
     "write '\\\\' for a backslash, or use single quotes"},
    {YAML::ErrorMsg::INVALID_UNICODE, "a character code that is no character", ""},
    {YAML::ErrorMsg::INVALID_HEX, "a character code that is no hexadecimal number", ""},
    {YAML::ErrorMsg::ZERO_INDENT_IN_BLOCK, "a block of text cannot have the indentation 0", ""},
    {YAML::ErrorMsg::CHAR_IN_BLOCK, "only a comment may follow '|' and '>' in their line", ""},
};

void explain(const YAML::Exception& exception, TreeBuilder& builder, const SourcePtr& source,
             Diagnostics& diagnostics) {
  const std::string_view text = source->text;
  const std::size_t at = builder.offset(exception.mark);
  // Whatever yaml-cpp stumbled over in a line that a tab indents, the tab is the reason.
  const std::size_t begin = text.substr(0, at).rfind('\n') + 1;  // npos + 1 is 0: the first line.
  if (const auto tab = find_indenting_tab(text, text.find_first_not_of(" \t", begin))) {
    builder.report_tab(tab);
    return;
  }
  Place place = builder.place(exception.mark);
  if (exception.msg == YAML::ErrorMsg::EOF_IN_SCALAR ||
      exception.msg == YAML::ErrorMsg::DOC_IN_SCALAR) {
    // The mark is where the search ended; the person needs to see where it began.
    if (const auto quote = find_open_quote(text, builder.reached()))
      place = place_at(source, *quote);
  }
  if (exception.msg.starts_with(YAML::ErrorMsg::MAP_VALUE) &&
      text.substr(begin, at - begin).find(": ") == std::string_view::npos) {
    // A key above has no ':', so that this line goes on with its text.
    diagnostics.error(place, "a ':' inside a text that began further up",
                      "is a ':' missing in a line above, or is this one indented too far?");
    return;
  }
  for (const Explanation& explanation : kExplanations) {
    if (!exception.msg.starts_with(explanation.theirs)) continue;
    diagnostics.error(place, explanation.ours, explanation.hint);
    return;
  }
  diagnostics.error(place, "not YAML: " + exception.msg);
}

}  // namespace

Checked<Node> parse(SourcePtr source) {
  CHECK(source != nullptr);
  Diagnostics diagnostics;
  if (!check_text(source, diagnostics)) return std::unexpected(std::move(diagnostics));

  TreeBuilder builder(source, diagnostics);
  try {
    std::istringstream input(builder.input());
    YAML::Parser parser(input);
    // The second round finds nothing, or a second document, which is refused.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
    diagnostics.append(builder.take_missing());
  } catch (const Stop&) {
  } catch (const YAML::Exception& exception) {
    try {
      explain(exception, builder, source, diagnostics);
    } catch (const Stop&) {
    }
  } catch (const std::exception& exception) {
    diagnostics.error({source}, std::string("cannot be parsed: ") + exception.what());
  }
  if (diagnostics.has_errors()) return std::unexpected(std::move(diagnostics));
  return builder.take_root();
}

}  // namespace sallyport::yaml
