# Runs the linker, whose output with --print-map names what is in the module, and writes that to a file:
#   cmake -DLINK_MAP=<file> -P link_map.cmake -- <command>
# scripts/third-party.js reads it. Emscripten rejects the linker's option for a file.
set(command)
set(started OFF)
foreach(index RANGE 1 ${CMAKE_ARGC})
  if(started)
    list(APPEND command "${CMAKE_ARGV${index}}")
  elseif("${CMAKE_ARGV${index}}" STREQUAL "--")
    set(started ON)
  endif()
endforeach()
execute_process(COMMAND ${command} OUTPUT_FILE "${LINK_MAP}" RESULT_VARIABLE result)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "Linking failed.")
endif()
