#pragma once
// Memory of coroutine frames. An exchange makes and ends some twenty; a worker keeps those that
// ended for the next, so that the allocator is asked only where more are alive than ever before.
//
//   FrameShelf shelf;
//   const FrameShelf::Use use(shelf);     // on the thread whose frames it keeps, while it runs
//
// Without a shelf in use on this thread, frames come from the heap and go there. Both ways give
// memory of the same kind: a frame may be made with a shelf and ended without one, and the other
// way round. Under the address sanitizer nothing is kept, so that it sees frames end.

#include <array>
#include <cstddef>
#include <new>

namespace sallyport::io {

class FrameShelf {
 public:
  static constexpr std::size_t kStep = 128;           // bytes: sizes are rounded up to it
  static constexpr std::size_t kLargest = 64 * 128;   // larger frames are not kept
  static constexpr std::size_t kMostBytes = 1 << 18;  // kept of each size

#if defined(__SANITIZE_ADDRESS__)
  static constexpr bool kKeeps = false;
#else
  static constexpr bool kKeeps = true;
#endif

  FrameShelf() = default;
  ~FrameShelf();
  FrameShelf(const FrameShelf&) = delete;
  FrameShelf& operator=(const FrameShelf&) = delete;

  // Frames of this thread are kept here for as long as this object lives. They nest.
  class Use {
   public:
    explicit Use(FrameShelf& shelf) : before_(current_) { current_ = &shelf; }
    ~Use() { current_ = before_; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    FrameShelf* before_;
  };

  static void* take(std::size_t size) {
    if (size == 0 || size > kLargest) return ::operator new(size);
    const std::size_t row = (size - 1) / kStep;
    if (current_ != nullptr) {
      Row& kept = current_->rows_[row];
      if (kept.first != nullptr) {
        Kept* const frame = kept.first;
        kept.first = frame->next;
        --kept.count;
        return frame;
      }
    }
    return ::operator new((row + 1) * kStep);
  }

  // `size` as it was asked for.
  static void give(void* frame, std::size_t size) {
    if (kKeeps && size != 0 && size <= kLargest && current_ != nullptr) {
      Row& kept = current_->rows_[(size - 1) / kStep];
      if (kept.count * ((size - 1) / kStep + 1) * kStep < kMostBytes) {
        kept.first = new (frame) Kept{kept.first};
        ++kept.count;
        return;
      }
    }
    ::operator delete(frame);
  }

  // Bytes that wait for another frame.
  std::size_t kept() const;

 private:
  struct Kept {
    Kept* next;
  };
  struct Row {
    Kept* first = nullptr;
    std::size_t count = 0;
  };

  static constinit thread_local FrameShelf* current_;

  std::array<Row, kLargest / kStep> rows_;
};

inline constinit thread_local FrameShelf* FrameShelf::current_ = nullptr;

}  // namespace sallyport::io
