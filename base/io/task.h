#pragma once
// Task<T>: the coroutine type of the project, and the only place where a header of ours shows Asio.
//
// A Task is a named function, started by awaiting it or by Nursery::start. It runs on the thread of
// its Worker and nowhere else. It returns Result<T> where something can happen; Asio is always
// called with `as_tuple`, so a broken peer throws nothing.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>

#include "base/core/result.h"
#include "base/io/frames.h"

namespace sallyport {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using Task = boost::asio::awaitable<T, Executor>;

}  // namespace sallyport

// Asio takes the memory of coroutine frames by these two; ours keeps it (frames.h).
template <>
inline void* boost::asio::detail::thread_info_base::allocate(
    boost::asio::detail::thread_info_base::awaitable_frame_tag,
    boost::asio::detail::thread_info_base*, std::size_t size, std::size_t) {
  return sallyport::io::FrameShelf::take(size);
}
template <>
inline void boost::asio::detail::thread_info_base::deallocate(
    boost::asio::detail::thread_info_base::awaitable_frame_tag,
    boost::asio::detail::thread_info_base*, void* frame, std::size_t size) {
  sallyport::io::FrameShelf::give(frame, size);
}
