#include "base/json/selection.h"

#include <algorithm>
#include <charconv>

namespace sallyport {
namespace {

std::unexpected<JsonSelection::Fault> refuse(std::size_t at, std::string_view what) {
  return std::unexpected(JsonSelection::Fault{at, std::string(what)});
}

}  // namespace

JsonSelection::JsonSelection() { nodes_.emplace_back(); }

std::expected<std::vector<JsonSelection::Step>, JsonSelection::Fault> JsonSelection::read(
    std::string_view path) {
  std::vector<Step> steps;
  std::size_t at = 0;
  const auto look = [&] { return at < path.size() ? path[at] : '\0'; };
  while (at < path.size()) {
    const std::size_t began = at;
    Step step;
    if (look() == '[') {
      ++at;
      if (look() == '"') {
        for (++at; at < path.size() && path[at] != '"'; ++at) {
          if (path[at] == '\\' && ++at == path.size()) break;
          step.name += path[at];
        }
        if (look() != '"') return refuse(began, "a quote is missing");
        ++at;
        if (step.name.empty()) return refuse(began, "a name is missing");
      } else if (look() == ']') {
        step.kind = Step::Kind::each;
      } else {
        step.kind = Step::Kind::element;
        const char* const end = path.data() + path.size();
        const auto [stop, error] = std::from_chars(path.data() + at, end, step.index);
        if (error != std::errc()) return refuse(at, "\"[\" wants a number, a quoted name or \"]\"");
        at = static_cast<std::size_t>(stop - path.data());
      }
      if (look() != ']') return refuse(at, "\"]\" is missing");
      ++at;
    } else {
      if (!steps.empty()) {
        if (look() != '.') return refuse(at, "\".\" is missing");
        ++at;
      }
      const std::size_t end = std::min(path.find_first_of(".[]\"", at), path.size());
      step.name = path.substr(at, end - at);
      if (step.name.empty()) return refuse(at, "a name is missing");
      at = end;
    }
    if (step.name.size() > kLongestName) return refuse(began, "the name is too long");
    if (steps.size() == kMostSteps) return refuse(began, "the path has too many steps");
    steps.push_back(std::move(step));
  }
  return steps;
}

JsonSelection::NodeId& JsonSelection::child(NodeId node, const Step& step) {
  Node& from = nodes_[node];
  if (step.kind == Step::Kind::each) return from.each;
  if (step.kind == Step::Kind::member)
    return from.members.try_emplace(step.name, kNone).first->second;
  const auto same = [&](const auto& element) { return element.first == step.index; };
  const auto found = std::find_if(from.elements.begin(), from.elements.end(), same);
  if (found != from.elements.end()) return found->second;
  return from.elements.emplace_back(step.index, kNone).second;
}

std::expected<std::size_t, JsonSelection::Fault> JsonSelection::add(std::string_view path) {
  const auto steps = read(path);
  if (!steps) return std::unexpected(steps.error());
  if (paths_.size() == kMostPaths || nodes_.size() + steps->size() > kMostNodes) {
    return refuse(0, "there are too many paths");
  }
  NodeId node = 0;
  for (const Step& step : *steps) {
    longest_name_ = std::max(longest_name_, step.name.size());
    NodeId next = child(node, step);
    if (next == kNone) {
      next = static_cast<NodeId>(nodes_.size());
      child(node, step) = next;
      nodes_.emplace_back().parent = node;
    }
    node = next;
  }
  if (nodes_[node].path < 0) {
    nodes_[node].path = static_cast<int>(paths_.size());
    paths_.push_back(node);
  }
  return static_cast<std::size_t>(nodes_[node].path);
}

}  // namespace sallyport
