# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# What every target of msfc is compiled with, and the one-line way to declare
# a room of the house (see docs/architecture.md).

add_library(msf_options INTERFACE)
target_compile_options(msf_options INTERFACE -Wall -Wextra -Wshadow
                       -Wconversion
                       # aggregates leave members to their defaults
                       -Wno-missing-field-initializers
                       # GCC 12 sees overlaps in std::string + (PR105651)
                       -Wno-restrict)
# __FILE__ without the path of the build machine.
target_compile_options(msf_options INTERFACE
                       -fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(MSF_WERROR)
  target_compile_options(msf_options INTERFACE -Werror)
endif()
if(MSF_SANITIZE)
  target_compile_options(msf_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(msf_options INTERFACE -fsanitize=address,undefined)
endif()

# msf_room(ir support): the sources of src/ir become the library msf_ir, which
# may include from src/support and what that may include.
function(msf_room name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  add_library(msf_${name} STATIC ${sources})
  target_include_directories(msf_${name} PUBLIC ${CMAKE_SOURCE_DIR}/src
                             ${CMAKE_SOURCE_DIR}/include)
  target_link_libraries(msf_${name} PUBLIC msf_options)
  foreach(room IN LISTS ARGN)
    target_link_libraries(msf_${name} PUBLIC ${room})
  endforeach()
endfunction()

# Makes the files that the program carries part of a room: see
# src/support/embedded.h. Patterns are relative to the source tree.
function(msf_embed target)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${CMAKE_SOURCE_DIR}/)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
       ${patterns})
  set(paths ${files})
  list(TRANSFORM paths PREPEND ${CMAKE_SOURCE_DIR}/)
  string(REPLACE ";" ":" names "${files}")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_files.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -D ROOT=${CMAKE_SOURCE_DIR} -D FILES=${names}
            -D OUTPUT=${output} -P ${script}
    DEPENDS ${paths} ${script}
    COMMENT "Embedding targets and runtime"
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
