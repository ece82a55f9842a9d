# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
#
# msf_flatbuffers(msf_wire src/import/tflite.fbs): the schema becomes a header
# in the build tree, and the target is what must be linked to include it
# ("tflite_generated.h"). With names for reflection (the option reader) and
# the object API (the tests' model builder).
find_program(MSF_FLATC flatc REQUIRED)
find_path(MSF_FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)

function(msf_flatbuffers target schema)
  set(schema ${CMAKE_SOURCE_DIR}/${schema})
  cmake_path(GET schema STEM stem)
  set(folder ${CMAKE_BINARY_DIR}/generated)
  set(header ${folder}/${stem}_generated.h)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${MSF_FLATC} --cpp --reflect-names --gen-object-api -o ${folder}
            ${schema}
    DEPENDS ${schema}
    COMMENT "flatc ${stem}.fbs"
    VERBATIM)
  add_custom_target(${target}_header DEPENDS ${header})
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_header)
  target_include_directories(${target} SYSTEM INTERFACE
                             ${folder} ${MSF_FLATBUFFERS_INCLUDE})
endfunction()
