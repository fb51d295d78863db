# Anotaciones que viajan a mano, en una memoria USB o un teléfono
carry-title = Llevar anotaciones a mano
carry-lead = Donde no llega la línea, una memoria USB o un teléfono lleva las anotaciones del ordenador de una comunidad al de otra. No hace falta fiarse de quien lleva el archivo: cada anotación se prueba a sí misma.
carry-bring = Alguien trajo un archivo
carry-file = El archivo
carry-file-hint = Su nombre termina en .koinon. El mismo archivo dos veces no cambia nada.
carry-bring-go = Incorporarlo
carry-along = Llevarse un archivo
carry-along-go = Hacer el archivo
carry-along-keepers = Los archivos para llevar los hacen quienes cuidan el ordenador.
carry-for = Para
carry-for-all = todos
carry-everything = Todo, también lo que se sabe que ya tienen
carry-letter = El archivo contiene lo que las comunidades comparten entre sí. Llévelo como una carta y bórrelo después de la memoria.
carry-nobody = No hay ninguna comunidad { $found } cuyo ordenador se conozca aquí.
carry-broke-off = El archivo no llegó entero. Envíelo otra vez; lo que llegó queda guardado.
carry-empty = El archivo está vacío. Elija el que termina en .koinon.
carry-no-bundle = Esto no es un archivo de anotaciones. Elija el que termina en .koinon.
carry-other-federation = Este archivo se hizo en otra federación. Pida uno de la suya.
carry-breaks-off = El archivo se corta antes del final. Lo que se pudo leer está incorporado; pida el archivo otra vez para tener el resto.
carry-damaged =
    { $n ->
        [one] Un byte del archivo está dañado. Lo que se pudo leer está incorporado; pida el archivo otra vez para tener el resto.
       *[other] { $n } bytes del archivo están dañados. Lo que se pudo leer está incorporado; pida el archivo otra vez para tener el resto.
    }
carry-waiting =
    { $n ->
        [one] Una anotación espera a otras anteriores que no llegaron. Traiga la otra parte del archivo, o pida todo.
       *[other] { $n } anotaciones esperan a otras anteriores que no llegaron. Traiga la otra parte del archivo, o pida todo.
    }
carry-strangers =
    { $n ->
        [one] Una anotación es de un ordenador que aquí no se conoce, y se dejó fuera.
       *[other] { $n } anotaciones son de ordenadores que aquí no se conocen, y se dejaron fuera.
    }
carry-closed =
    { $n ->
        [one] Una entrada no se comparte con esta comunidad y se dejó fuera.
       *[other] { $n } entradas no se comparten con esta comunidad y se dejaron fuera.
    }
carry-newer = Una parte del archivo es para una versión más nueva de este programa.
carry-refused = Se rechazaron algunas anotaciones:
carry-from = Hecho por
carry-made = Hecho
carry-made-at = { $date }, { $time }
carry-of = Anotaciones de
carry-part = Más
carry-more = Sigue otro archivo. Tráigalo también.
carry-done =
    { $n ->
        [0] No había nada nuevo
        [one] Una anotación nueva
       *[other] { $n } anotaciones nuevas
    }
carry-look = Ver qué cambió
carry-next = Otro archivo
carry-suspended = Se dice que esa computadora está en otras manos; no se hace ningún archivo para ella.
