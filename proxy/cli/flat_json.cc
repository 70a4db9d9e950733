#include "proxy/cli/flat_json.h"

namespace sallyport::cli {

bool FlatJson::value(const std::string& path) {
  switch (cursor_.next()) {
    case JsonCursor::Kind::object:
      return cursor_.object([&](std::string_view key) { return value(below(path, key)); });
    case JsonCursor::Kind::array: {
      std::size_t index = 0;
      return cursor_.array([&] {
        const bool object = cursor_.next() == JsonCursor::Kind::object;
        return value(object ? below(path, std::to_string(index++)) : path);
      });
    }
    case JsonCursor::Kind::string: {
      std::string text;
      if (!cursor_.string(text)) return false;
      add(path, text);
      return true;
    }
    case JsonCursor::Kind::number: {
      std::int64_t number = 0;
      if (!cursor_.number(number)) return false;
      add(path, std::to_string(number));
      return true;
    }
    case JsonCursor::Kind::boolean: {
      bool truth = false;
      if (!cursor_.boolean(truth)) return false;
      add(path, truth ? "yes" : "no");
      return true;
    }
    default:
      return cursor_.skip();
  }
}

void FlatJson::add(const std::string& path, const std::string& text) {
  std::string& whole = values_[path];
  whole += (whole.empty() ? "" : ", ") + text;
}

}  // namespace sallyport::cli
