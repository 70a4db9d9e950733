#include "base/io/frames.h"

namespace sallyport::io {

FrameShelf::~FrameShelf() {
  for (Row& row : rows_) {
    while (row.first != nullptr) {
      Kept* const frame = row.first;
      row.first = frame->next;
      ::operator delete(frame);
    }
  }
}

std::size_t FrameShelf::kept() const {
  std::size_t bytes = 0;
  for (std::size_t row = 0; row < rows_.size(); ++row) {
    bytes += rows_[row].count * (row + 1) * kStep;
  }
  return bytes;
}

}  // namespace sallyport::io
