#pragma once
// The keys of a policy, in the order in which they are written, and what each is for. From it come
// the layout of `sallyport policy fmt`, the schema of editors and the reference page.

#include <cstddef>
#include <span>
#include <string_view>

#include "policy/activity/words.h"

namespace sallyport::policy {

struct PolicyKey {
  std::string_view name;
  std::string_view doc;         // one sentence
  std::span<const Kind> kinds;  // of policies that it may stand in; empty: all
};

std::span<const PolicyKey> policy_keys();

// The place of a key in that order; behind all where there is no such key.
std::size_t key_order(std::string_view key);

}  // namespace sallyport::policy
