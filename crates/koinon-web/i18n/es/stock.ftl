# Almacén, una cosa en todas partes, la ficha de una partida.
stock-everywhere = Lo que hay en todas partes
stock-at = Lo que hay en { $place }
stock-lead = Se muestran { $shown } de { $of }, lo peor primero.
stock-all-places = Todos los lugares
stock-kind = Tipo
stock-all-kinds = Todos los tipos
stock-search = Buscar
stock-only-short = Solo lo que se acaba
stock-show = Mostrar
stock-nothing = No hay nada que coincida.
stock-more =
    { $n ->
        [one] { $n } fila más; elija un lugar o un tipo para verla.
       *[other] { $n } filas más; elija un lugar o un tipo para verlas.
    }
item-by-place = Por lugar
item-batches = Partidas
item-batch = Partida
item-how-known = Cómo lo sabemos
item-used-per-day = Uso por día
item-known-from = Se sabe por
item-observed = lo visto en { $days }
item-from-list = la lista acordada de necesidades
item-last-count = Último conteo
item-at-risk = Pasará su fecha
item-instead = También sirve
item-source = Fuente de la necesidad acordada:
lot-title = Ficha: { $item }
lot-batch = partida { $batch }
lot-without-number = partida sin número
lot-held = no usar
lot-about = Sobre esta partida
lot-now = Hay ahora
lot-came-from = Vino de
lot-owner = Prestado por
lot-card = Todas las anotaciones
lot-newest-first = las más nuevas primero
lot-entry = Anotación
lot-change = Cambio
lot-after = Después
lot-how = Cómo lo sabemos
lot-put-right = Corregir
lot-count = Conteo
lot-seen = se vio:
lot-corrected = corregida
lot-taken-back = retirada
lot-repeated = segundo toque, no cuenta
lot-served-people = { $n } personas
lot-served-households = { $n } hogares
lot-late = anotado después,
lot-was-negative = Salió más de lo que se sabía que había. Cuente esta partida o corrija la anotación errónea.
lot-opened-twice = Esta partida se describió de dos maneras distintas. Vale la primera.
stock-no-need = sin necesidad diaria
