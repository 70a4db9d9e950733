#pragma once
// A file's name as the words that people would read in it, so that words can be looked for however
// they are written: "MyPassWörter_2024.docx" -> " my pass worter 2024 docx ".
//
// Small letters, without accents (as text or as marks of their own), Latin, Greek and Cyrillic;
// letters of full width are narrow. What is no letter and no digit parts words, and so does the
// change between letters and digits. Letters of other scripts stay as they are. Pure; what is no
// UTF-8 parts words.

#include <string>
#include <string_view>

namespace sallyport::discovery {

enum class InnerCapitals { stay, part };

// The words, with a blank before and behind each; "" where there is none. `part`: "myFile" is two.
std::string plain_words(std::string_view text, InnerCapitals capitals);

}  // namespace sallyport::discovery
