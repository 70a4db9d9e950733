#pragma once
// What a block of events may hold, in ten bits for each thing in it: a Bloom filter. A question
// that a block's filter denies needs no look into the block.
//
// INVARIANT: the filter never denies what was added; of other things it denies about 99 in 100.
// Hashes stand in files, so they are the same on every machine and for ever.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "discovery/events/event.h"
#include "discovery/store/query.h"

namespace sallyport::discovery {

// The hash of one thing of one kind. Texts are taken without ASCII case.
using FilterKey = std::uint64_t;

// Of a user's name; "" is nobody.
FilterKey user_key(std::string_view user);

// Gathers what events hold; one for each block.
class FilterBuilder {
 public:
  void add(const Event& event);
  // The filter's bytes. Empties the builder.
  std::string build();

 private:
  void add(FilterKey key) { keys_.push_back(key); }
  template <class Word>
  void add_word(unsigned first_bit, Word word);
  void add_outcome(policy::Action action, const std::string& policy);
  void add_client(const IpAddress& client);
  void add_host(std::string_view host);

  std::vector<FilterKey> keys_;
  std::uint64_t words_ = 0;  // kinds, endings, types and actions that were there: a bit each
  // Of the event before, whose things are there already.
  std::string user_, host_, app_, policy_;
  IpAddress client_;
  bool any_ = false;
};

// What a block must hold so that an event in it can answer a question: of each group one.
class FilterQuestion {
 public:
  // `app_ids`: what the question's app means.
  FilterQuestion(const Query& query, const std::vector<std::string>& app_ids);
  bool denied_by(std::string_view filter) const;

 private:
  std::vector<std::vector<FilterKey>> groups_;
};

// Whether an event answers a question, but for `after` and `limit`.
bool matches(const Query& query, const std::vector<std::string>& app_ids, const Event& event);

}  // namespace sallyport::discovery
