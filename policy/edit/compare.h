#pragma once
// What changed between two sets of policies, and what that means.
//
// Policies are compared by their ids, as they are after templates are merged in, key by key. A
// policy that only moved is named with those that it changed places with where the order counts:
// both decide the same question, and do different things.

#include <cstddef>
#include <string>
#include <vector>

#include "base/core/spanned.h"
#include "policy/compile/compile.h"
#include "policy/eval/program.h"

namespace sallyport::policy {

struct KeyChange {
  std::string key;
  std::string before;  // in one line of YAML; "" where the key was not there
  std::string after;   // likewise
};

struct PolicyChange {
  std::string id;
  std::string name;  // the later one
  Place place;       // the later one
  std::vector<KeyChange> keys;
};

struct PolicyMove {
  std::string id;
  std::string name;
  std::size_t from = 0;            // places in the order, from 1
  std::size_t to = 0;
  std::vector<std::string> means;  // sentences; empty: it changes nothing
};

struct ListChange {
  std::string list;
  std::size_t added = 0;    // entries
  std::size_t removed = 0;  // likewise
};

struct Comparison {
  std::vector<KeyChange> gateway;              // what the configuration says for all of them
  std::vector<const CompiledPolicy*> added;    // of `after`
  std::vector<const CompiledPolicy*> removed;  // of `before`
  std::vector<PolicyChange> changed;
  std::vector<PolicyMove> moved;
  std::vector<ListChange> lists;

  bool empty() const {
    return gateway.empty() && added.empty() && removed.empty() && changed.empty() &&
           moved.empty() && lists.empty();
  }
};

// A set of policies, compiled. REQUIRES: both outlive what compare() returns.
struct PolicySet {
  const Program& program;
  const PolicySources& sources;
  CompileOptions options = {};  // that it was compiled with
};
Comparison compare(const PolicySet& before, const PolicySet& after);

std::string to_text(const Comparison& comparison);
std::string to_json(const Comparison& comparison);

}  // namespace sallyport::policy
