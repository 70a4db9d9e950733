#pragma once
// Events to be read in a row, wherever they lie: in one array, or each in a place of its own.
// Borrows them.

#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>

#include "discovery/events/event.h"

namespace sallyport::discovery {

class EventSpan {
 public:
  class Iterator;

  EventSpan() = default;
  EventSpan(const Event* events, std::size_t size) : row_(events), size_(size) {}
  template <class Row>
    requires(!std::same_as<Row, EventSpan>) &&
            std::convertible_to<const Row&, std::span<const Event>>
  EventSpan(const Row& row) : EventSpan(std::data(row), std::size(row)) {}
  EventSpan(std::span<const std::unique_ptr<Event>> places)
      : places_(places.data()), size_(places.size()) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Event& operator[](std::size_t at) const {
    return places_ != nullptr ? *places_[at] : row_[at];
  }
  Iterator begin() const;
  Iterator end() const;

 private:
  const Event* row_ = nullptr;
  const std::unique_ptr<Event>* places_ = nullptr;
  std::size_t size_ = 0;
};

class EventSpan::Iterator {
 public:
  using value_type = Event;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  Iterator(const EventSpan& events, std::size_t at) : events_(events), at_(at) {}

  const Event& operator*() const { return events_[at_]; }
  Iterator& operator++() {
    ++at_;
    return *this;
  }
  Iterator operator++(int) {
    const Iterator before = *this;
    ++at_;
    return before;
  }
  bool operator==(const Iterator& other) const { return at_ == other.at_; }

 private:
  EventSpan events_;
  std::size_t at_ = 0;
};

inline EventSpan::Iterator EventSpan::begin() const { return {*this, 0}; }
inline EventSpan::Iterator EventSpan::end() const { return {*this, size_}; }

}  // namespace sallyport::discovery
